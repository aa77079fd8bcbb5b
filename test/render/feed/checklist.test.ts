import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { parseAtomFeed, parseJsonFeed, parseOpml, parseRssFeed } from 'feedsmith';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { siteUrl } from '../../../src/domain/site.ts';
import { renderOpml } from '../../../src/render/feed/opml.ts';
import { sampleSite } from '../edition-sample.ts';
import { feedFiles, feedSite, material, weekly, type FeedFile } from './feed-site.ts';
import { sampleDigest } from './feed-sample.ts';
import { atomFaults, elementNames, htmlFaults, jsonFaults, rssFaults } from './lint.ts';
import { entryFaults, linkFaults } from './lint-paging.ts';
import { hrefOf, readFeed, type ReadFeed } from './read-feed.ts';

/*
 * The list of what a perfect feed is, each line a test: sections A to F, I, J of the reference, for every kind of feed.
 * What concerns HTTP is in test/serve, and the readers are in readers.test.ts.
 */

const none = feedFiles({ editions: [], trending: [] });
const one = feedFiles(material({ days: 1, picks: 1 }));
const manyDays = material({ days: 48, picks: 3 });
const many = feedFiles(manyDays);

const sites: readonly (readonly [string, readonly FeedFile[]])[] = [
  ['no entry', none],
  ['one entry', one],
  ['many entries', many],
];

const hostile: readonly (readonly [string, string])[] = [
  ['control characters', 'x\u0000\u000B\u001B\u0085\u009F'],
  ['noncharacters and lone surrogates', 'x\uFFFE\uFFFF\uFDD0\uFDD1\uD800'],
  ['the end of CDATA, twice', 'x ]]> and ]]></title><link>https://evil.example/</link>'],
  ['markup', 'x<script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#0;&nbsp;</p>'],
  ['quotes', `x"'\`" onload="alert(1)`],
  ['emoji and right to left', 'x👩‍🔬🇩🇪\u202Eשלום\u202C مرحبا'],
];

/** The material with one text wherever text from outside goes. */
function hostileMaterial(text: string, days = 3) {
  return material({
    days,
    picks: days > 1 ? 2 : 1,
    why: text,
    paper: {
      title: text,
      abstract: text,
      authors: [{ name: text }, { name: 'Ada Example', affiliation: text }],
      categories: [text],
      organization: text,
      doi: `10.1234/${text}`,
      source: text,
      links: { abstract: `https://a.example/${text}`, pdf: text, code: `javascript:${text}` },
    },
  });
}

/** The files of a site are read by many tests. */
const feeds = new WeakMap<FeedFile, ReadFeed>();
function readFile(file: FeedFile): ReadFeed {
  const feed = feeds.get(file) ?? readFeed(file.format, file.text);
  feeds.set(file, feed);
  return feed;
}

const faultsFound = new WeakMap<FeedFile, readonly string[]>();

function faultsOf(file: FeedFile): readonly string[] {
  const faults = faultsFound.get(file) ?? lint(file);
  faultsFound.set(file, faults);
  return faults;
}

function lint(file: FeedFile): readonly string[] {
  const { format, text } = file;
  const feed = readFile(file);
  const own = { rss: rssFaults, atom: atomFaults, json: jsonFaults }[format](text);
  return [
    ...own,
    ...entryFaults(feed),
    ...linkFaults(feed),
    ...feed.items.flatMap(({ html }) => htmlFaults(html)),
  ];
}

const byPath = (files: readonly FeedFile[]): ReadonlyMap<string, FeedFile> =>
  new Map(files.map((file) => [file.path, file]));

const read = (files: readonly FeedFile[], path: string): ReadFeed => {
  const file = byPath(files).get(path);
  if (!file) throw new Error(`there is no ${path}`);
  return readFile(file);
};

const ofFormat = (files: readonly FeedFile[], format: FeedFile['format']): readonly FeedFile[] =>
  files.filter((file) => file.format === format);

const hasXmllint = spawnSync('xmllint', ['--version']).error === undefined;

describe('A. Bytes', () => {
  it('every kind of feed is there', () => {
    const paths = many.map(({ path }) => path);
    for (const path of [
      'feeds/all.xml',
      'feeds/all/2026-09.atom.xml',
      'trending/feed.json',
      't/agents/rss.xml',
      'feeds/daily.json',
      'feeds/weekly.xml',
      'authors/ada-example/atom.xml',
      'labs/shelf-lab/rss.xml',
      'editions/daily/2026-09-30/feed.json',
      'p/arxiv/2611.003001/feed.atom.xml',
    ]) {
      expect(paths).toContain(path);
    }
  });

  it.each(sites)(
    '1. with %s: UTF-8, no BOM, declaration first, one final newline, strict parsers read it',
    (_, files) => {
      expect(files.length).toBeGreaterThan(10);
      for (const { format, text } of files) {
        expect(text.startsWith(format === 'json' ? '{\n' : '<?xml version="1.0" encoding="utf-8"?>\n')).toBe(
          true,
        );
        expect(text).toMatch(/[^\n]\n$/);
        expect(text.isWellFormed()).toBe(true);
        if (format !== 'json') elementNames(text);
      }
    },
  );

  it.each(hostile)('1, 2, 5. %s in every field adds no element, and breaks no rule', (_, text) => {
    const plain = byPath(feedFiles(hostileMaterial('x')));
    const files = feedFiles(hostileMaterial(text));
    const named = (file: FeedFile | undefined): unknown =>
      file && file.format !== 'json'
        ? elementNames(file.text).filter((name) => name !== 'dcterms:issued')
        : [];
    for (const file of files) {
      expect(faultsOf(file).map((fault) => `${file.path}: ${fault}`)).toEqual([]);
      expect(named(file)).toEqual(named(plain.get(file.path)));
    }
    expect(files.map(({ path }) => path)).toEqual([...plain.keys()]);
  });

  it('1, 5. 10 kB of title and abstract break no rule', () => {
    const text = 'x<&]]>'.repeat(1700);
    const files = feedFiles(material({ days: 1, picks: 1, paper: { title: text, abstract: text } }));
    const some = files.filter(({ path }) => /^(?:feeds\/all|editions|p)/.test(path));
    expect(some.length).toBeGreaterThan(5);
    expect(some.flatMap(faultsOf)).toEqual([]);
  });

  it('1, 2, 5. any text at all in every field adds no element, and breaks no rule', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const files = feedFiles(hostileMaterial(`x${text}`, 1));
        expect(files.flatMap(faultsOf)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it('3. the same material gives the same bytes: in another order, zone and year', () => {
    const { editions, trending } = material({ days: 20, picks: 3 });
    const before = feedFiles({ editions, trending });
    vi.stubEnv('TZ', 'Pacific/Chatham');
    vi.setSystemTime(new Date('2031-07-01T00:00:00Z'));
    const after = feedFiles({ editions: editions.toReversed(), trending: trending.toReversed() });
    expect(byPath(after)).toEqual(byPath(before));
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  it.each(sites)(
    '4. with %s: an independent parser finds the same ids, titles, links and dates',
    (_, files) => {
      const at = (date: unknown): number => Date.parse(String(date));
      for (const { format, text } of files) {
        const { items } = readFeed(format, text);
        const same = items.map(({ id, url, publishedAt }) => [id, url, publishedAt]);
        if (format === 'rss') {
          const found = parseRssFeed(text).items ?? [];
          expect(found.map((item) => [item.guid?.value, item.link, at(item.pubDate)])).toEqual(same);
          expect(found.map((item) => item.title)).toEqual(items.map((item) => item.title));
        } else if (format === 'atom') {
          const found = parseAtomFeed(text).entries ?? [];
          expect(found.map((entry) => [entry.id, entry.links?.[0]?.href, at(entry.published)])).toEqual(same);
        } else {
          const found = parseJsonFeed(text).items ?? [];
          expect(found.map((item) => [item.id, item.url, at(item.date_published)])).toEqual(same);
        }
      }
    },
  );

  it('4. the three formats of a feed say the same', () => {
    for (const stem of ['feeds/all', 'feeds/daily', 'feeds/all/2026-09']) {
      const items = (path: string) =>
        read(many, path).items.map(({ id, title, url, publishedAt, updatedAt, html }) => [
          id,
          title,
          url,
          publishedAt,
          updatedAt,
          html,
        ]);
      expect(items(`${stem}.atom.xml`)).toEqual(items(`${stem}.xml`));
      expect(items(`${stem}.json`)).toEqual(items(`${stem}.xml`));
    }
  });

  it.each(sites)('5. with %s: no rule of validators is broken', (_, files) => {
    const faults = files.flatMap((file) => faultsOf(file).map((fault) => `${file.path}: ${fault}`));
    expect(faults).toEqual([]);
  });

  it.skipIf(!hasXmllint)(
    '5. Atom passes the RELAX NG of RFC 4287 (skipped where xmllint is not installed)',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'broadsheet-atom-'));
      const schema = resolve(import.meta.dirname, '../../fixtures/feed/atom.rng');
      try {
        const files = [...none, ...one, ...many, ...feedFiles(hostileMaterial('x <&]]>'))];
        const names = ofFormat(files, 'atom').map(({ text }, index) => {
          writeFileSync(join(folder, `${index}.xml`), text);
          return `${index}.xml`;
        });
        const run = spawnSync('xmllint', ['--noout', '--nonet', '--relaxng', schema, ...names], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect(
          run.stderr.split('\n').filter((line) => !/^\d+\.xml validates$/.test(line) && line !== ''),
        ).toEqual([]);
        expect(names.length).toBeGreaterThan(50);
        expect(run.status).toBe(0);
        const broken = spawnSync('xmllint', ['--noout', '--relaxng', schema, '-'], {
          input: String(ofFormat(one, 'atom')[0]?.text).replace('<updated>', '<updated>x'),
          encoding: 'utf8',
        });
        expect(broken.status).not.toBe(0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('6. at most a hundred entries and a megabyte, whatever is picked', () => {
    const busy = material({ days: 1, picks: 130, paper: { abstract: 'long '.repeat(2500) } });
    const large = feedFiles(busy, { ...feedSite, topics: [], follows: [] });
    expect(read(large, 'feeds/all.xml').items.length).toBeGreaterThan(50);
    for (const file of [...large.filter(({ path }) => !path.startsWith('p/')), ...many]) {
      expect(Buffer.byteLength(file.text), file.path).toBeLessThanOrEqual(1_000_000);
      expect(readFile(file).items.length, file.path).toBeLessThanOrEqual(100);
    }
    const edition = read(large, 'editions/daily/2026-09-21/atom.xml');
    expect([edition.items.length, edition.marks]).toEqual([100, []]);
  });
});

describe('B. RSS', () => {
  const all = ofFormat(many, 'rss');

  it('7. the channel says all of itself before the first item', () => {
    expect(all.flatMap(faultsOf)).toEqual([]);
    const { title, description, link, image, ttl, docs, generator } = parseRssFeed(
      byPath(many).get('t/agents/rss.xml')?.text ?? '',
    );
    expect({ title, description, link, ttl, docs, generator }).toMatchObject({
      title: 'Agents · The Morning Broadsheet',
      link: 'https://papers.example.org/daily/t/agents/',
      ttl: 60,
      docs: 'https://www.rssboard.org/rss-specification',
    });
    expect(image).toMatchObject({ title, link, url: 'https://papers.example.org/daily/icon.png' });
    expect(read(many, 't/agents/rss.xml').links.map(({ rel }) => rel)).toEqual([
      'self',
      'alternate',
      'alternate',
      'prev-archive',
    ]);
  });

  it('8. an item has each element once and in the order that readers need', () => {
    for (const { text } of all) {
      for (const item of parseRssFeed(text).items ?? []) {
        expect(item.guid?.isPermaLink).toBe(false);
        expect(item.authors).toBeUndefined();
        expect(item.dc?.creators).toHaveLength(1);
        expect(item.categories?.every(({ domain }) => domain?.startsWith('tag:'))).not.toBe(false);
      }
    }
    const [first] = parseRssFeed(byPath(many).get('feeds/all.xml')?.text ?? '').items ?? [];
    expect(first?.source).toEqual({ title: feedSite.title, url: siteUrl(feedSite, 'feeds/all.xml') });
    expect(first?.enclosures?.[0]).toMatchObject({ type: 'application/pdf', length: 0 });
  });

  it('9. every prefix is declared on the root, and none that validators do not know', () => {
    const roots = new Set(all.map(({ text }) => /<rss [^>]*>/.exec(text)?.[0]));
    expect(roots.size).toBe(2);
    expect([...roots].join()).not.toMatch(/arxiv|prism/);
  });
});

describe('C. Atom', () => {
  it('10, 11. feed and entries have what they must, in every kind of feed', () => {
    expect(ofFormat(many, 'atom').flatMap(faultsOf)).toEqual([]);
    const feed = parseAtomFeed(byPath(many).get('t/agents/atom.xml')?.text ?? '');
    expect(feed.generator).toMatchObject({ text: 'Broadsheet' });
    const [entry] = feed.entries ?? [];
    expect(entry?.links?.map(({ rel, type }) => [rel, type])).toEqual([
      ['alternate', 'text/html'],
      ['related', undefined],
      ['enclosure', 'application/pdf'],
    ]);
    expect(entry?.authors).toEqual([{ name: 'Ada Example' }, { name: 'Bo Sample' }]);
    expect(entry?.categories?.[0]).toEqual({
      term: 'agents',
      label: 'Agents',
      scheme: 'tag:papers.example.org,2026:topics',
    });
  });
});

describe('D. JSON Feed', () => {
  it('12. passes the strict schema, and tells why a paper was picked in numbers', () => {
    expect(ofFormat(many, 'json').flatMap(faultsOf)).toEqual([]);
    const feed = JSON.parse(byPath(many).get('feeds/all.json')?.text ?? '') as {
      feed_url: string;
      next_url: string;
      items: { id: string; _paper: object; _pick: object }[];
    };
    expect(feed.feed_url).toBe(siteUrl(feedSite, 'feeds/all.json'));
    expect(feed.next_url).not.toBe(feed.feed_url);
    const [{ _pick: pick } = { _pick: undefined }] = feed.items;
    expect(pick).toEqual({
      about: siteUrl(feedSite, 'feeds/'),
      why: 'facts',
      rank: 1,
      topic: 'retrieval',
      score: 59,
      parts: [
        { name: 'votes now', value: 12 },
        { name: 'still to come, by its own pace', value: 39 },
        { name: 'from topic, authors, links', value: 8 },
      ],
      percentile: 0.97,
      gained: 49,
      hours: 24,
      missing: [],
      counts: { upvotes: 12 },
    });
    expect(feed.items.map(({ id }) => id)).toEqual(read(many, 'feeds/all.xml').items.map(({ id }) => id));
  });

  it('12. leaves out numbers that are none', () => {
    const [first, ...rest] = material({ days: 1, picks: 1 }).editions;
    if (!first) throw new Error('no edition');
    const broken = {
      ...first,
      sections: first.sections.map((section) => ({
        ...section,
        picks: section.picks.map((pick) => ({
          ...pick,
          score: { ...pick.score, value: Number.NaN, chance: Number.POSITIVE_INFINITY },
        })),
      })),
    };
    const files = feedFiles({ editions: [broken, ...rest], trending: [] });
    expect(ofFormat(files, 'json').flatMap(({ text }) => jsonFaults(text))).toEqual([]);
    expect(byPath(files).get('feeds/all.json')?.text).not.toMatch(/null|"chance"/);
  });
});

describe('E. Content', () => {
  it('13. addresses are absolute, and nothing in it runs, frames or tracks', () => {
    for (const file of many) {
      for (const { html } of readFile(file).items) {
        expect(htmlFaults(html)).toEqual([]);
        expect(html).not.toMatch(/<img|javascript:/i);
      }
    }
  });

  it('14. tells everything by itself: byline in order, source, date, abstract, links', () => {
    const tex = material({
      days: 1,
      picks: 1,
      paper: {
        title: 'Searching in $O(\\log n)$ Glances',
        doi: '10.1234/x',
        abstract: 'It reads $\\approx 30$ pages.',
      },
    });
    const [item] = read(feedFiles(tex), 'feeds/all.xml').items;
    expect(item?.title).toBe('Searching in O(log n) Glances');
    for (const part of [
      'Ada Example, Bo Sample',
      'from Example Papers',
      '22 November 2026',
      '≈30 pages',
      '>Abstract</a>',
      '>PDF</a>',
      '>DOI</a>',
    ])
      expect(item?.html).toContain(part);
    expect(item?.html).not.toContain('$');
  });

  it('15. is the same on every later day', () => {
    const early = read(feedFiles(material({ days: 3, picks: 4 })), 'feeds/all.xml').items;
    const later = new Map(
      read(feedFiles(material({ days: 4, picks: 4 })), 'feeds/all.xml').items.map((item) => [item.id, item]),
    );
    const changed = early.filter((item) => JSON.stringify(later.get(item.id)) !== JSON.stringify(item));
    // The one paper that has a new version since.
    expect(changed.map(({ id }) => id)).toEqual(['tag:papers.example.org,2026:paper/arxiv:2611.001001']);
  });

  it('16. a withdrawn paper says so first, is newer, and is the same entry', () => {
    const before = read(feedFiles(material({ days: 5, picks: 2 })), 'feeds/all.xml').items;
    const files = feedFiles(material({ days: 6, picks: 2 }));
    const id = 'tag:papers.example.org,2026:paper/arxiv:2611.004001';
    const was = before.find((item) => item.id === id);
    const is = read(files, 'feeds/all.xml').items.find((item) => item.id === id);
    expect(is?.title).toBe(`[Withdrawn] ${was?.title}`);
    expect(is?.html).toContain('Withdrawn by its authors, as told on 26 September 2026.');
    expect(is?.publishedAt).toBe(was?.publishedAt);
    expect(is?.updatedAt).toBeGreaterThan(was?.updatedAt ?? Number.POSITIVE_INFINITY);
    expect(read(files, 'editions/daily/2026-09-25/rss.xml').items.map(({ title }) => title)).toContain(
      is?.title,
    );
    const events = read(files, 'p/arxiv/2611.004001/feed.atom.xml').items;
    expect(events.map((item) => [item.id.split('event/')[1], item.title])).toEqual([
      ['arxiv:2611.004001/withdrawn', `[Withdrawn] ${was?.title}`],
      [
        'arxiv:2611.004001/picked/daily/2026-09-25',
        `Picked in Daily papers, Friday, 25 September 2026: ${was?.title}`,
      ],
    ]);
  });

  it('16. a new version moves the time of the entry once, however many digests tell it', () => {
    const { editions, trending } = material({ days: 4, picks: 2 });
    const toldAgain = editions.map((edition) => ({
      ...edition,
      updated: editions.flatMap(({ updated }) => updated).filter(() => edition.number === 4),
    }));
    const items = (some: typeof editions) =>
      read(feedFiles({ editions: some, trending }), 'feeds/all.xml').items;
    const id = 'tag:papers.example.org,2026:paper/arxiv:2611.000001';
    const updatedAt = (some: typeof editions) => items(some).find((item) => item.id === id)?.updatedAt ?? 0;
    expect(updatedAt(editions)).toBeLessThan(updatedAt(toldAgain));
    const both = editions.map((edition) => ({
      ...edition,
      updated: [...edition.updated, ...(edition.number === 4 ? (editions[2]?.updated ?? []) : [])],
    }));
    expect(updatedAt(both)).toBe(updatedAt(editions));
  });
});

describe('F. Identity and time', () => {
  const ids = (files: readonly FeedFile[]): readonly string[] =>
    files.flatMap((file) => readFile(file).items.map(({ id }) => id));

  it('17. ids outlive a new version, another title, address, topic name and format', () => {
    const moved = {
      ...feedSite,
      baseUrl: 'https://elsewhere.example/',
      title: 'Another',
      topics: feedSite.topics.map((topic) => ({ ...topic, name: `${topic.name} again` })),
    };
    const edited = material({ days: 3, picks: 2, paper: { title: 'Edited', version: 7 } });
    const before = feedFiles(material({ days: 3, picks: 2 }));
    // A version that a pick has already is no event of its own.
    const withoutVersions = (all: readonly string[]) => all.filter((id) => !/\/v\d+$/.test(id));
    expect(withoutVersions(ids(feedFiles(edited, moved)))).toEqual(withoutVersions(ids(before)));
  });

  it('18. no id stands twice in a document, and a paper has the same id in all feeds of papers', () => {
    const paper = (path: string) => read(many, path).items.map(({ id }) => id);
    expect(many.flatMap((file) => entryFaults(readFile(file)))).toEqual([]);
    const all = new Set(
      many.filter(({ path }) => path.startsWith('feeds/all')).flatMap((file) => ids([file])),
    );
    for (const path of [
      't/vision/rss.xml',
      'trending/rss.xml',
      'labs/shelf-lab/rss.xml',
      'editions/daily/2026-10-02/rss.xml',
    ]) {
      expect(paper(path).length).toBeGreaterThan(0);
      expect(paper(path).filter((id) => !all.has(id))).toEqual([]);
    }
  });

  it('19. nothing is from the future, and all times descend and differ', () => {
    const newestAt = Math.max(...manyDays.editions.map(({ publishedAt }) => publishedAt));
    const latest = Math.max(newestAt, ...manyDays.trending.map(({ enteredAt }) => enteredAt));
    const picked = new Map<string, number>(
      manyDays.editions
        .flatMap((edition) =>
          edition.sections.flatMap(({ picks }) =>
            picks.map(
              ({ paper }) => [`tag:papers.example.org,2026:paper/${paper.id}`, edition.publishedAt] as const,
            ),
          ),
        )
        .toReversed(),
    );
    for (const file of many) {
      for (const item of readFile(file).items) {
        expect(item.updatedAt).toBeLessThanOrEqual(latest);
        const at = picked.get(item.id) ?? item.publishedAt;
        expect(Math.abs(at - item.publishedAt)).toBeLessThan(24 * 3_600_000);
      }
    }
  });

  it('19. what is published keeps its time when another digest comes out seconds later', () => {
    const { editions } = material({ days: 7, picks: 9 });
    const times = (some: typeof editions) =>
      new Map(
        read(feedFiles({ editions: some, trending: [] }), 'feeds/all.json').items.map((item) => [
          item.id,
          item.publishedAt,
        ]),
      );
    const before = times(editions.filter(({ digest }) => digest === 'daily'));
    const after = times(editions);
    expect([...before].filter(([id, at]) => after.get(id) !== at)).toEqual([]);
  });

  it('20. a second run with nothing new makes nothing: the bases are the same', () => {
    expect(feedFiles(material({ days: 20, picks: 3 }))).toEqual(feedFiles(material({ days: 20, picks: 3 })));
  });
});

describe('I. Paging and archive', () => {
  const pathOf = (url: string): string => url.slice(feedSite.baseUrl.length);

  /** The documents from the one that readers subscribe to, by `prev-archive` or `next_url`. */
  function walk(files: readonly FeedFile[], start: string): readonly ReadFeed[] {
    const found = [read(files, start)];
    for (let next = hrefOf(found[0]?.links ?? [], 'prev-archive'); next !== '';) {
      const feed = read(files, pathOf(next));
      found.push(feed);
      if (found.length > 1000) throw new Error('the walk does not end');
      next = hrefOf(feed.links, 'prev-archive');
    }
    return found;
  }

  const picked = [
    ...new Set(
      manyDays.editions.flatMap(({ sections }) =>
        sections.flatMap(({ picks }) => picks.map(({ paper }) => paper.id)),
      ),
    ),
  ].toSorted();

  it.each(['feeds/all.xml', 'feeds/all.atom.xml', 'feeds/all.json'])(
    '34. walking back from %s meets every paper once, and ends',
    (path) => {
      const feeds = walk(many, path);
      expect(feeds.length).toBeGreaterThan(2);
      const ids = feeds.flatMap(({ items }) => items.map(({ id }) => id.split('paper/')[1] ?? ''));
      expect(ids.toSorted()).toEqual(picked);
    },
  );

  it.each([
    't/agents/rss.xml',
    't/vision/feed.json',
    'feeds/daily.atom.xml',
    'trending/rss.xml',
    'authors/ada-example/atom.xml',
  ])('34. walking back from %s meets every entry once, newest first', (path) => {
    const feeds = walk(many, path);
    expect(feeds.length).toBeGreaterThan(1);
    const items = feeds.flatMap((feed) => feed.items);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(items.map(({ publishedAt }) => publishedAt)).toEqual(
      items.map(({ publishedAt }) => publishedAt).toSorted((a, b) => b - a),
    );
  });

  it('34. archive documents are marked, and hang together in both directions', () => {
    for (const start of ['feeds/all.xml', 't/retrieval/atom.xml']) {
      const [current, ...archive] = walk(many, start);
      expect(current?.marks).toEqual([]);
      for (const [index, feed] of archive.entries()) {
        expect(feed.marks).toEqual(['archive']);
        expect(hrefOf(feed.links, 'current')).toBe(current?.self);
        const next = hrefOf(feed.links, 'next-archive');
        if (index > 0) expect(next).toBe(archive[index - 1]?.self);
        // The one that comes next is there and empty.
        else expect(read(many, pathOf(next))).toMatchObject({ items: [], marks: [] });
      }
    }
  });

  it('34. what was archived never changes, whatever comes later', () => {
    const isArchive = ({ text }: FeedFile): boolean => /<fh:archive\/>|"expired": true/.test(text);
    const { editions, trending } = manyDays;
    const until = (days: number) => {
      const lastAt = editions.filter(({ digest }) => digest === 'daily')[days - 1]?.publishedAt ?? 0;
      return feedFiles({
        editions: editions.filter(({ publishedAt }) => publishedAt <= lastAt + 60_000),
        trending: trending.filter(({ enteredAt }) => enteredAt <= lastAt + 86_000_000),
      });
    };
    let before = until(27)
      .filter(isArchive)
      .filter(({ path }) => !path.startsWith('editions/'));
    expect(before.length).toBeGreaterThan(3);
    for (const days of [34, 41, 48]) {
      const after = byPath(until(days));
      for (const { path, text } of before) {
        // A withdrawn paper is the one correction.
        const now = after.get(path)?.text ?? '';
        if (!now.includes('[Withdrawn]') || text.includes('[Withdrawn]')) expect(now).toBe(text);
      }
      before = [...after.values()].filter(isArchive).filter(({ path }) => !path.startsWith('editions/'));
    }
  });

  it('34. the newest two weeks stand in the document that readers subscribe to, as far as a hundred entries reach', () => {
    const newestAt = Math.max(...manyDays.editions.map(({ publishedAt }) => publishedAt));
    const { items } = read(many, 'feeds/all.xml');
    expect((newestAt - (items.at(-1)?.publishedAt ?? 0)) / 86_400_000).toBeGreaterThan(13);
    const busy = read(feedFiles(material({ days: 12, picks: 30 })), 'feeds/all.xml').items;
    expect(busy).toHaveLength(100);
  });

  it('35. the document of an edition is complete, and says that nothing comes any more', () => {
    for (const [path, marks] of [
      ['editions/daily/2026-10-02/rss.xml', ['complete']],
      ['editions/daily/2026-10-02/atom.xml', ['complete']],
      ['editions/daily/2026-10-02/feed.json', ['expired']],
    ] as const) {
      const feed = read(many, path);
      expect(feed.marks).toEqual(marks);
      expect(feed.items.map(({ id }) => id.slice(-6))).toEqual(['011001', '011002', '011003']);
      expect(hrefOf(feed.links, 'prev-archive')).toBe('');
    }
  });
});

describe('J. Discovery', () => {
  it('36. OPML lists every feed that goes on, in groups, each at an address that is there', () => {
    const rendered = new Set(many.map(({ path }) => siteUrl(feedSite, path)));
    const opml = parseOpml(renderOpml(feedSite, [sampleDigest, weekly], manyDays.editions));
    const groups = (opml.body?.outlines ?? []).map((outline) => [
      outline.text,
      outline.outlines?.map(({ text }) => text),
    ]);
    expect(groups).toEqual([
      ['The Morning Broadsheet', undefined],
      ['Trending', undefined],
      ['Topics', ['Agents', 'Retrieval', 'Vision']],
      ['Authors and labs', ['Ada Example', 'Shelf Lab']],
      ['Whole editions', ['Daily papers, whole editions', 'The week, whole editions']],
    ]);
    const urls = (opml.body?.outlines ?? [])
      .flatMap((outline) => [outline, ...(outline.outlines ?? [])])
      .flatMap(({ xmlUrl }) => xmlUrl ?? []);
    expect(urls.filter((url) => !rendered.has(url))).toEqual([]);
    expect(new Set(urls).size).toBe(9);
  });

  it('36. the links of every document to others are to documents that are there', () => {
    for (const files of [none, one, many]) {
      const there = new Set(files.map(({ path }) => siteUrl(feedSite, path)));
      for (const file of files) {
        const { links, self } = readFile(file);
        const others = links.filter(({ type }) => type !== 'text/html').map(({ href }) => href);
        expect([self, ...others].filter((href) => !there.has(href))).toEqual([]);
      }
    }
  });

  it('37. self is the address at which the document stands', () => {
    for (const file of many) {
      expect(readFile(file).self).toBe(siteUrl(feedSite, file.path));
    }
  });

  it('37. the hub is named where there is one', () => {
    const hubUrl = 'https://hub.example/';
    const files = feedFiles(material({ days: 1, picks: 1 }), { ...sampleSite, hubUrl });
    for (const { format, text } of files) {
      if (format === 'json')
        expect(JSON.parse(text)).toMatchObject({ hubs: [{ type: 'WebSub', url: hubUrl }] });
      else expect(hrefOf(readFeed(format, text).links, 'hub')).toBe(hubUrl);
    }
  });
});
