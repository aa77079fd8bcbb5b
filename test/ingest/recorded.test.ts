import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListingEntry } from '../../src/domain/listing.ts';
import { calendarDate } from '../../src/domain/time.ts';
import { storeListing } from '../../src/ingest/store-listing.ts';
import { captureListing, capturesIn } from '../../src/sources/captures.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { listing, listingEntry } from '../fixtures/papers.ts';

/** Real recordings, which are not part of the project. */
const data = new URL('../../../shared/data/', import.meta.url);
const isThere = existsSync(data);
if (!isThere) console.warn('skipped: the recorded data is not beside the project');

let db: Database;

beforeEach(async () => {
  db = await openDatabase(':memory:');
});

afterEach(async () => {
  await db.destroy();
});

interface MetadataRecord {
  readonly id: string;
  readonly listed_on: string;
  readonly title: string;
  readonly summary: string;
  readonly authors: readonly string[];
  readonly categories: readonly string[];
  readonly abs: string;
}

function* linesOf(folder: string): Generator<string> {
  const directory = new URL(folder, data);
  for (const name of readdirSync(directory)
    .filter((file) => file.endsWith('.jsonl.gz'))
    .toSorted()) {
    const text = gunzipSync(readFileSync(new URL(name, directory))).toString();
    for (const line of text.split('\n')) if (line !== '') yield line;
  }
}

const unwrapped = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const wrapped = (text: string): string => unwrapped(text).replaceAll(/(.{1,75})(?: |$)/g, '$1\n');

describe.skipIf(!isThere)('the store against recordings', () => {
  it(
    'takes 50,296 papers in, and none for changed when their text is wrapped another way',
    { timeout: 180_000 },
    async () => {
      const days = new Map<string, Map<string, MetadataRecord>>();
      for (const line of linesOf('arxiv/metadata/')) {
        const record = JSON.parse(line) as MetadataRecord;
        const day = days.get(record.listed_on) ?? new Map<string, MetadataRecord>();
        days.set(record.listed_on, day.set(record.id, record));
      }
      const entryOf = (record: MetadataRecord, shape: (text: string) => string): ListingEntry =>
        listingEntry({
          id: `arxiv:${record.id}`,
          version: 1,
          title: shape(record.title),
          abstract: shape(record.summary),
          authors: record.authors.map((name) => ({ name })),
          categories: record.categories,
          keywords: [],
          links: { abstract: record.abs },
        });
      let readAt = Date.parse('2026-06-01T00:00:00Z');
      const readAll = async (shape: (text: string) => string) => {
        const sum = { added: 0, revised: 0, unchanged: 0 };
        for (const [listDate, records] of [...days].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
          readAt += 1000;
          const entries = [...records.values()].map((record) => entryOf(record, shape));
          const report = await storeListing(db, {
            requestKey: listDate,
            listing: listing('metadata', readAt, entries, { listDate }),
            validators: {},
          });
          sum.added += report.added;
          sum.revised += report.revised;
          sum.unchanged += report.unchanged;
        }
        return sum;
      };
      expect(await readAll((text) => text)).toEqual({ added: 50_296, revised: 0, unchanged: 0 });
      for (const shape of [(text: string) => text, wrapped, unwrapped]) {
        expect(await readAll(shape)).toEqual({ added: 0, revised: 0, unchanged: 50_296 });
      }
    },
  );

  it(
    'replays all recorded Daily Papers answers: no paper is new twice, and list days are right',
    { timeout: 300_000 },
    async () => {
      const captures = [...linesOf('hf/captures/')]
        .flatMap((line) => capturesIn(line, 'captures'))
        .toSorted((a, b) => a.capturedAt - b.capturedAt);
      const listDates = new Set<string>();
      const news = new Set<string>();
      let [added, falls] = [0, 0];
      const votes = new Map<string, number>();
      const datesOf = new Map<string, Set<string>>();
      for (const [index, capture] of captures.entries()) {
        const one = captureListing(capture, 'daily', 'captures');
        listDates.add(one.listDate);
        for (const { paper, listedAt, signals } of one.entries) {
          news.add(paper.id);
          datesOf.set(paper.id, (datesOf.get(paper.id) ?? new Set()).add(one.listDate));
          if (listedAt !== undefined) expect(calendarDate(listedAt, 'Etc/UTC')).toBe(one.listDate);
          const [upvotes] = signals.filter((signal) => signal.kind === 'upvotes');
          if (upvotes && upvotes.value < (votes.get(paper.id) ?? 0)) falls += 1;
          if (upvotes) votes.set(paper.id, upvotes.value);
        }
        const report = await storeListing(db, { requestKey: `${index}`, listing: one, validators: {} });
        added += report.added;
      }
      expect(captures).toHaveLength(815);
      expect(listDates.size).toBe(309);
      expect(added).toBe(news.size);
      expect(falls).toBeGreaterThan(0);
      // Some were listed on two days: known is known.
      expect([...datesOf.values()].filter((dates) => dates.size > 1)).toHaveLength(5);
      const stored = await db.selectFrom('papers').select('id').execute();
      expect(stored).toHaveLength(news.size);
    },
  );
});
