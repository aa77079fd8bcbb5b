import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editionPicks } from '../../src/domain/edition.ts';
import { allEditions } from '../../src/store/editions.ts';
import { freshRss, miniflux } from '../render/feed/reader-models.ts';
import { entryFaults, linkFaults } from '../render/feed/lint-paging.ts';
import { readFeed, type ReadFeed } from '../render/feed/read-feed.ts';
import { atomFaults, jsonFaults, rssFaults } from '../render/feed/lint.ts';
import { house, type House } from './house.ts';
import { arxivFeedText, sampleCaptures, sourcesServer, type SourcesServer } from './sources-server.ts';

const days = ['2026-11-10', '2026-11-11', '2026-11-12', '2026-11-13', '2026-11-14'];
const revised = '2611.80100';

let server: SourcesServer;
let home: House;
/** What was published at the end of each day. */
const published: ReadonlyMap<string, string>[] = [];

beforeAll(async () => {
  server = await sourcesServer(sampleCaptures());
  home = await house({
    sources: `  - name: hf-daily-papers
    type: hf-daily-papers
    baseUrl: ${server.url}
  - name: arxiv
    type: arxiv-feed
    baseUrl: ${server.url}
    categories: [cs.CL]
`,
  });
  for (const [index, date] of days.entries()) {
    server.now = Date.parse(`${date}T02:30:00Z`);
    server.arxiv = arxivFeedText(date, [
      ...[0, 1, 2].map((number) => ({
        id: `2611.8${index + 1}${String(number).padStart(3, '0')}`,
        type: 'new',
        title: `A language model, invented number ${index} of ${number}`,
      })),
      ...(index === 3
        ? [{ id: revised, version: 2, type: 'replace', title: 'A language model, again' }]
        : []),
    ]);
    await home.run(server.now);
    published.push(home.published());
  }
}, 120_000);

afterAll(async () => {
  home?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
});

function feedOn(day: number, path: string): ReadFeed {
  const text = published[day]?.get(path);
  if (text === undefined) throw new Error(`there is no ${path} on day ${day}`);
  return readFeed(formatOf(path), text);
}

function formatOf(path: string): 'rss' | 'atom' | 'json' {
  if (path.endsWith('.json')) return 'json';
  return path.endsWith('atom.xml') ? 'atom' : 'rss';
}

const isFeed = (path: string): boolean =>
  /(?:^|\/)(?:feeds|t|trending|editions|p)\/.*\.(?:xml|json)$/.test(path);

describe('five days of editions, read by readers', () => {
  it.each(['feeds/all.xml', 'feeds/all.atom.xml', 'feeds/all.json', 't/llm/rss.xml', 'feeds/daily.xml'])(
    '40. every entry of %s comes up once and none is lost',
    async (path) => {
      for (const open of [miniflux, freshRss]) {
        const reader = open();
        const unread = days.flatMap((_, day) => {
          const { unread: news, dropped } = reader.fetch(feedOn(day, path));
          expect(dropped).toEqual([]);
          expect(reader.fetch(feedOn(day, path))).toEqual({ unread: [], changed: [], dropped: [] });
          return news.map(({ id }) => id);
        });
        expect(new Set(unread).size).toBe(unread.length);
        expect(unread.toSorted()).toEqual(
          feedOn(days.length - 1, path)
            .items.map(({ id }) => id)
            .toSorted(),
        );
      }
    },
  );

  it('the feed of all has every pick of every edition', async () => {
    await using app = await home.open(server.now);
    const editions = (await allEditions(app.db)).map(({ edition }) => edition);
    const picked = new Set(editions.flatMap(editionPicks).map(({ paper }) => paper.id));
    expect(editions).toHaveLength(days.length);
    const ids = feedOn(4, 'feeds/all.json').items.map(({ id }) => id.split('paper/')[1]);
    expect(ids).toHaveLength(picked.size);
    expect(new Set<unknown>(ids)).toEqual(picked);
  });

  it('no feed breaks a rule on any day', () => {
    const lints = { rss: rssFaults, atom: atomFaults, json: jsonFaults };
    const last = [...(published.at(-1) ?? [])].filter(([path]) => isFeed(path));
    expect(last.length).toBeGreaterThan(50);
    for (const [path, text] of last) {
      const feed = readFeed(formatOf(path), text);
      expect([...lints[formatOf(path)](text), ...entryFaults(feed), ...linkFaults(feed)], path).toEqual([]);
    }
  });

  it('20. a second run with nothing new changes no byte of any feed', async () => {
    await home.run(server.now);
    const again = home.published();
    const before = published.at(-1);
    expect([...again].filter(([path, text]) => isFeed(path) && before?.get(path) !== text)).toEqual([]);
  });
});
