import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editionPicks } from '../../src/domain/edition.ts';
import { insertEdition } from '../../src/store/edition-insert.ts';
import { insertPapers } from '../../src/store/papers.ts';
import { sampleEdition, sampleSite } from '../render/edition-sample.ts';
import { openReaderSite, pathIn, type ReaderSite } from './reader-site.ts';

const ada = 'ada@example.net';
let site: ReaderSite;
let path: string;

beforeEach(async () => {
  site = await openReaderSite(sampleSite);
  await insertPapers(
    site.db,
    editionPicks(sampleEdition).map(({ paper }) => ({
      paper: { ...paper, keywords: [], firstSource: paper.source, origins: {} },
      textSource: paper.source,
    })),
  );
  await insertEdition(site.db, sampleEdition);
  await site.join(ada, { topic: 'daily/retrieval' });
  path = await newPath();
});
afterEach(() => site[Symbol.asyncDispose]());

async function newPath(): Promise<string> {
  const html = await (await site.post(site.preferencesPath(ada), { do: 'feed' })).text();
  const [, key = ''] = /\/f\/([\w-]{32})\/feed\.json/.exec(html) ?? [];
  return `/f/${key}/`;
}

interface ShownFeed {
  readonly items: readonly {
    readonly title: string;
    readonly _entry: { readonly categories: readonly { readonly term: string }[] };
  }[];
}
async function shown(): Promise<ShownFeed> {
  return (await site.get(`${path}feed.json`)).json() as Promise<ShownFeed>;
}
const choose = (fields: Readonly<Record<string, string>>) =>
  site.post(site.preferencesPath(ada), { do: 'save', topic: 'daily/retrieval', ...fields });

describe('the private feed', () => {
  it('has the papers of the reader’s topics', async () => {
    const { items } = await shown();
    expect(items.length).toBeGreaterThan(0);
    for (const { _entry: entry } of items) {
      expect(entry.categories.map(({ term }) => term)).toContain('retrieval');
    }
  });

  it('adds whom and what they follow, and leaves out their muted words', async () => {
    const before = (await shown()).items;
    await choose({ words: 'bread RISES' });
    expect((await shown()).items.map(({ title }) => title)).toContain('Bread Rises Twice: A Field Study');
    const [first] = before;
    await choose({ muted: first?.title ?? '' });
    const titles = (await shown()).items.map(({ title }) => title);
    expect(titles).not.toContain(first?.title);
    expect(titles).toHaveLength(before.length - 1);
  });

  it.each([
    ['rss.xml', 'application/rss+xml', '<rss'],
    ['atom.xml', 'application/atom+xml', '<feed'],
    ['feed.json', 'application/feed+json', '"version"'],
  ])('comes as %s, private, not listed, and tells nobody its address', async (file, type, sign) => {
    const answer = await site.get(path + file);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(type);
    expect(answer.headers.get('cache-control')).toContain('private');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-robots-tag')).toBe('noindex');
    const body = await answer.text();
    expect(body).toContain(sign);
    expect(body).not.toContain('ada@');
    const again = await site.app.request(path + file, {
      headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('is unknown under a replaced key, a made-up one, and after an erasure', async () => {
    const old = path;
    path = await newPath();
    expect((await site.get(`${path}rss.xml`)).status).toBe(200);
    for (const gone of [old, `/f/${'a'.repeat(32)}/`, '/f/x/', '/f/%00/']) {
      expect((await site.get(`${gone}rss.xml`)).status).toBe(404);
    }
    expect((await site.get(`${path}constructor`)).status).toBe(404);
    await site.post(site.preferencesPath(ada), { do: 'erase' });
    await site.deliver();
    await site.post(pathIn(site.mails.at(-1), sampleSite), {});
    expect((await site.get(`${path}rss.xml`)).status).toBe(404);
  });
});
