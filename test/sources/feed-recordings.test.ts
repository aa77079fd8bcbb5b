import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asError, SourceError } from '../../src/errors.ts';
import { feedEntries } from '../../src/sources/feed-document.ts';
import type { FeedEntry } from '../../src/sources/feed-entry.ts';
import { readFeed } from '../../src/sources/feed.ts';
import { differences, expectedEntries } from './feed-expected.ts';

/** Feeds of all formats, valid and broken, beside the repository; they are not part of it. */
const feeds = new URL('../../../shared/data/feeds/', import.meta.url).pathname;
const address = 'https://example.org/';
const now = Date.parse('2026-11-24T06:00:00Z');

interface Recording {
  readonly path: string;
  readonly role: 'feed' | 'expected';
  readonly format: string;
  readonly wellFormed?: boolean;
}

interface Read {
  readonly entries: readonly FeedEntry[];
  readonly fault?: string | undefined;
  readonly error?: SourceError;
  readonly ms: number;
}

const isFeed = /^(?:rss|rdf|atom|jsonfeed)/;

/** Well-formed documents that give no entries, or not all of them, and why. */
const refused: Readonly<Record<string, string>> = {
  'w3c__feedvalidator/testcases/rss/should/system_entity.xml': 'external',
  'w3c__feedvalidator/testcases/rss/should/system_entity_http.xml': 'external',
};

/** Well-formed feeds in which elements named like entries stand inside an entry, and how many entries they have. */
const nested: Readonly<Record<string, number>> = {
  'danmactough__node-feedparser/test/feeds/illegally-nested.xml': 10,
  'w3c__feedvalidator/testcases/atom/4.2.11/missing-self.xml': 1,
  'w3c__feedvalidator/testcases/atom/4.2.11/source-entry.xml': 1,
  'w3c__feedvalidator/testcases/ext/feedsync/spec-example-rss-2.xml': 1,
  'w3c__feedvalidator/testcases/rss/must/rss10_contentItems.xml': 1,
};

/** Where we say something else than the parse beside a feed, and why. */
const otherwise: Readonly<Record<string, string>> = {
  'macieklamberski__feedsmith/src/feeds/atom/references/atom-03.xml':
    'feedsmith leaves links relative; we apply xml:base (RFC 4287 section 2)',
  'macieklamberski__feedsmith/src/feeds/atom/references/atom-10.xml':
    'feedsmith leaves links relative; we apply xml:base (RFC 4287 section 2)',
  'mmcdole__gofeed/testdata/translator/atom/feed_item_updated_-_atom03_feed_entry_modified.xml':
    'gofeed takes the time of a change for that of publication where there is none; we leave it open',
};

const recordings: Recording[] = existsSync(feeds)
  ? readFileSync(join(feeds, 'index.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];

async function read(path: string): Promise<Read> {
  const document = { body: readFileSync(join(feeds, path)), address };
  const entries: FeedEntry[] = [];
  const start = performance.now();
  try {
    const reading = feedEntries(document);
    let next = await reading.next();
    while (next.done !== true) {
      entries.push(next.value);
      next = await reading.next();
    }
    const { fault } = next.value;
    if (entries.length > 0 || fault === undefined) await readFeed(document, now);
    return { entries, fault, ms: performance.now() - start };
  } catch (thrown) {
    const error = asError(thrown);
    if (!(error instanceof SourceError)) throw error;
    return { entries, error, ms: performance.now() - start };
  }
}

/** How many entries the text seems to hold, for a document that is well-formed. */
function seemingEntries(path: string): number {
  const text = readFileSync(join(feeds, path)).toString('latin1').replace(/\0/g, '');
  const bare = text.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  return bare.match(/<(?:\w+:)?(?:item|entry)[\s>/]/gi)?.length ?? 0;
}

describe.skipIf(recordings.length === 0)(
  'recorded feeds of all formats (skipped where ../shared/data/feeds is absent)',
  () => {
    test('are read without a crash, none longer than 5 s, in less than 200 MB', async () => {
      const before = process.memoryUsage().rss;
      const inputs = recordings.filter(({ role }) => role === 'feed');
      expect(inputs.length).toBeGreaterThan(3000);
      const slow: string[] = [];
      for (const { path } of inputs) if ((await read(path)).ms > 5000) slow.push(path);
      expect(slow).toEqual([]);
      expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    });

    test('that are well-formed give all their entries, and no fault', async () => {
      const wrong: string[] = [];
      const wellFormed = recordings.filter(
        ({ role, format, wellFormed }) => role === 'feed' && wellFormed === true && isFeed.test(format),
      );
      for (const { path, format } of wellFormed) {
        const { entries, fault, error } = await read(path);
        const reason = refused[path];
        if (reason !== undefined) {
          if (error?.code !== 'malformed' || !error.message.includes(reason)) wrong.push(path);
          continue;
        }
        if (fault !== undefined || error) wrong.push(`${path}: ${fault ?? error?.message}`);
        if (format.startsWith('jsonfeed')) continue;
        const seeming = nested[path] ?? seemingEntries(path);
        if (entries.length !== seeming) wrong.push(`${path}: ${entries.length} of ${seeming}`);
      }
      expect(wrong).toEqual([]);
    });

    test('that are broken give what can be read and the fault, or an error that says what came', async () => {
      const broken = recordings.filter(({ role, wellFormed }) => role === 'feed' && wellFormed === false);
      const counts = { whole: 0, partly: 0, refused: 0 };
      for (const { path } of broken) {
        const { fault, error } = await read(path);
        counts[error ? 'refused' : fault === undefined ? 'whole' : 'partly'] += 1;
        if (error) expect(error.message).toMatch(/^Expected .*; got .*\./s);
      }
      expect(counts.whole).toBeGreaterThan(190);
      expect(counts.whole + counts.partly + counts.refused).toBe(broken.length);
    });

    test('agree with the parse beside them in ids, titles, links and dates', async () => {
      const expectedPaths = new Set(
        recordings.filter(({ role }) => role === 'expected').map(({ path }) => path),
      );
      const unlike: string[] = [];
      let compared = 0;
      for (const { path } of recordings.filter(({ role }) => role === 'feed')) {
        const stem = path.replace(/\.[^.]+$/, '');
        const beside = [`${stem}.serde.json`, `${stem}_expected.json`, `${stem}.json`].find((name) =>
          expectedPaths.has(name),
        );
        if (beside === undefined || /opml/.test(path)) continue;
        const wanted = expectedEntries(JSON.parse(readFileSync(join(feeds, beside), 'utf8')));
        const { entries } = await read(path);
        const found =
          entries.length === wanted.length
            ? entries.flatMap((entry, at) => {
                const other = wanted[at];
                return other ? differences(entry, other, address) : [];
              })
            : [`${entries.length} entries, expected ${wanted.length}`];
        compared += 1;
        if (found.length > 0) unlike.push(path);
        if (found.length > 0 && otherwise[path] === undefined) expect(found, path).toEqual([]);
      }
      expect(compared).toBeGreaterThan(400);
      expect(unlike.toSorted()).toEqual(Object.keys(otherwise).toSorted());
    });
  },
);
