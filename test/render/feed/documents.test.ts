import * as fc from 'fast-check';
import { parseAtomFeed, parseOpml, parseRssFeed } from 'feedsmith';
import { describe, expect, it } from 'vitest';
import { RenderError } from '../../../src/errors.ts';
import type { Edition } from '../../../src/domain/edition.ts';
import { hourMs } from '../../../src/domain/time.ts';
import { allFeed, editionsFeed, topicFeed } from '../../../src/render/feed/documents.ts';
import { editionHtml } from '../../../src/render/feed/edition-html.ts';
import { installedAt, tagUri } from '../../../src/render/feed/identity.ts';
import { renderOpml } from '../../../src/render/feed/opml.ts';
import { renderFeeds } from '../../../src/render/feed/publish.ts';
import { sampleEdition, samplePaper, samplePick, sampleSite } from '../edition-sample.ts';
import { editionBefore, sampleDigest, sampleTopic } from './feed-sample.ts';
import { elementNames, htmlFaults } from './lint.ts';

const body = (edition: Edition) => editionHtml(sampleSite, edition);

describe('the feed of all papers', () => {
  it('has every pick, newest edition first and in the order of the edition', () => {
    const ids = allFeed(sampleSite, [editionBefore(1, 2), sampleEdition]).items.map((item) =>
      item.id.split(':').at(-1),
    );
    expect(ids).toEqual([
      '2611.00101',
      '2611.00201',
      '2611.00102',
      '2611.00301',
      '2611.00103',
      '2611.00202',
      '10.5555/example(1).2',
      '2611.00901',
      '2611.00902',
      '2611.10000',
      '2611.10001',
    ]);
  });

  it('dates an entry by its edition and its rank', () => {
    const [first, second] = allFeed(sampleSite, [sampleEdition]).items;
    expect(first?.publishedAt).toBe(sampleEdition.publishedAt - 1000);
    expect(second?.publishedAt).toBe(sampleEdition.publishedAt - 2000);
  });

  it('has a paper once, as it was first picked, when it is picked again', () => {
    const again = {
      ...editionBefore(0, 2, { title: 'Picked again' }),
      publishedAt: sampleEdition.publishedAt + hourMs,
    };
    const before = allFeed(sampleSite, [editionBefore(0, 2)]).items;
    const after = allFeed(sampleSite, [editionBefore(0, 2), again]).items;
    expect(after).toEqual(before);
  });

  it('gives two digests of the same minute different times', () => {
    const weekly = { ...editionBefore(1, 3), digest: 'weekly', publishedAt: sampleEdition.publishedAt };
    const times = allFeed(sampleSite, [sampleEdition, weekly]).items.map((item) => item.updatedAt);
    expect(new Set(times).size).toBe(12);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it('does not depend on the order in which editions come', () => {
    const editions = [
      sampleEdition,
      editionBefore(1, 3),
      editionBefore(2, 3),
      { ...editionBefore(2, 3), digest: 'weekly' },
    ];
    const expected = allFeed(sampleSite, editions);
    fc.assert(
      fc.property(fc.shuffledSubarray(editions, { minLength: editions.length }), (shuffled) => {
        expect(allFeed(sampleSite, shuffled)).toEqual(expected);
      }),
    );
  });

  it('keeps the newest hundred', () => {
    const document = allFeed(
      sampleSite,
      [0, 1, 2, 3, 4, 5, 6].map((day) => editionBefore(day, 20)),
    );
    expect(document.items).toHaveLength(100);
    expect(document.items.at(-1)?.id).toBe('tag:papers.example.org,2026:paper/arxiv:2611.40019');
  });

  it('writes titles in Unicode and keeps the TeX beside them', () => {
    const item = allFeed(sampleSite, [sampleEdition]).items[1];
    expect(item?.title).toBe('Searching a Library in O(log n) Glances');
    expect(item?.paper?.titleTex).toContain('$');
    expect(item?.contentHtml).toContain('less than $5 a day');
  });

  it('tells all of a paper in its content', () => {
    const html = allFeed(sampleSite, [sampleEdition]).items[0]?.contentHtml ?? '';
    for (const fact of [
      'Mira Invented',
      '(6 authors)',
      'Why:',
      '+38 votes',
      'The gain holds',
      '>PDF</a>',
      '>Code</a>',
      '22 November 2026',
      '84 upvotes',
    ]) {
      expect(html).toContain(fact);
    }
    expect(htmlFaults(html)).toEqual([]);
  });

  it('goes on without the links of a paper that are no addresses', () => {
    const edition = editionBefore(1, 1, {
      links: { abstract: 'about:blank', pdf: '/pdf', code: 'javascript:alert(1)' },
    });
    const [item] = allFeed(sampleSite, [edition]).items;
    expect(item).toMatchObject({ related: [] });
    expect(item?.externalUrl).toBeUndefined();
    expect(item?.enclosure).toBeUndefined();
  });

  it('goes on without a date that cannot be one of a paper', () => {
    for (const submittedAt of [Date.UTC(1499, 11, 31), Date.parse('0001-01-01'), Number.NaN, 8.64e15]) {
      const [item] = allFeed(sampleSite, [editionBefore(1, 1, { submittedAt })]).items;
      expect(item?.paper).not.toHaveProperty('submittedAt');
      expect(item?.contentHtml).not.toContain('submitted');
    }
  });

  it('says of a sample that it is one', () => {
    const document = allFeed({ ...sampleSite, isSample: true }, [sampleEdition]);
    expect(document.subtitle).toContain('invented');
    expect(document.items[0]?.contentHtml).toContain('invented');
  });
});

describe('the feed of a topic', () => {
  it('has the papers of its section and those that also belong to it, as the feed of all has them', () => {
    const all = new Map(allFeed(sampleSite, [sampleEdition]).items.map((item) => [item.id, item]));
    const items = topicFeed(sampleSite, sampleTopic, [sampleEdition]).items;
    expect(items.map((item) => item.id.slice(-5))).toEqual(['00101', '00201', '00202']);
    expect(items).toEqual(items.map((item) => all.get(item.id)));
  });
});

describe('the feed of editions', () => {
  it('has one entry an edition of that digest, with the whole of it', () => {
    const other = { ...editionBefore(1, 1), digest: 'weekly' };
    const document = editionsFeed(
      sampleSite,
      sampleDigest,
      [editionBefore(2, 1), other, sampleEdition],
      body,
    );
    expect(document.items.map((item) => [item.id, item.title, item.url])).toEqual([
      [
        'tag:papers.example.org,2026:edition/daily/2026-11-24',
        'Daily papers, Tuesday, 24 November 2026',
        'https://papers.example.org/daily/editions/daily/2026-11-24/',
      ],
      [
        'tag:papers.example.org,2026:edition/daily/2026-11-22',
        'Daily papers, Sunday, 22 November 2026',
        'https://papers.example.org/daily/editions/daily/2026-11-22/',
      ],
    ]);
    const html = document.items[0]?.contentHtml ?? '';
    for (const part of [
      '214 new papers',
      'Listing of Physics',
      '<h2>Agents</h2>',
      'Bread Rises Twice',
      'Forgetful Planners',
      'Seeing Round Corners',
    ]) {
      expect(html).toContain(part);
    }
    expect(htmlFaults(html)).toEqual([]);
  });
});

/** The ids of a feed of one paper with that title, at that address. */
const ids = (title: string, baseUrl: string) =>
  allFeed({ ...sampleSite, baseUrl }, [
    {
      ...sampleEdition,
      sections: [],
      outside: [samplePick(1, 'outside', samplePaper('00001', { title, version: title.length }))],
    },
  ]).items.map((item) => item.id);

describe('ids', () => {
  it('hold only what a tag URI can hold', () => {
    expect(tagUri(sampleSite, 'paper', 'doi:10.1/a<b>(c) é?#%')).toBe(
      'tag:papers.example.org,2026:paper/doi:10.1/a%3Cb%3E(c)%20%C3%A9%3F%23%25',
    );
  });

  it.each([
    ['doi:10.1/a%20b', 'doi:10.1/a*2520b'],
    ['doi:10.1/a*20%', 'doi:10.1/a*2A20%25'],
    ['doi:10.1/é', 'doi:10.1/%C3%A9'],
    ['doi:10.1/e\u0301', 'doi:10.1/e*CC*81'],
  ])('of %j are in the canonical form of URIs, and its own', (key, path) => {
    expect(tagUri(sampleSite, 'paper', key)).toBe(`tag:papers.example.org,2026:paper/${path}`);
  });

  it('survive a new version, title, address and name of a topic', () => {
    expect(ids('Another', 'https://elsewhere.example/')).toEqual(ids('Title', sampleSite.baseUrl));
  });

  it.each(['papers.example.org', 'Papers Example,2026', 'papers.example.org,26', ''])(
    'are refused for the authority %j',
    (tagAuthority) => {
      expect(() => tagUri({ ...sampleSite, tagAuthority }, 'feed')).toThrow(RenderError);
    },
  );

  it('date an empty feed', () => {
    expect(installedAt({ ...sampleSite, tagAuthority: 'a.example,2026-11' })).toBe(Date.UTC(2026, 10, 1));
    expect(allFeed(sampleSite, []).updatedAt).toBe(Date.UTC(2026, 0, 1));
  });
});

const long = (edition: Edition) => `<p>${edition.editionDate}${' word'.repeat(80_000)}</p>`;

describe('all feeds', () => {
  it('stand at their paths with their types, each path once', () => {
    const documents = renderFeeds(sampleSite, [sampleDigest], [sampleEdition], body);
    expect(documents.map(({ path, contentType }) => `${path} ${contentType}`)).toMatchInlineSnapshot(`
      [
        "feeds/all.xml application/rss+xml; charset=utf-8",
        "feeds/all.atom.xml application/atom+xml; charset=utf-8",
        "feeds/all.json application/feed+json; charset=utf-8",
        "trending/rss.xml application/rss+xml; charset=utf-8",
        "trending/atom.xml application/atom+xml; charset=utf-8",
        "trending/feed.json application/feed+json; charset=utf-8",
        "t/agents/rss.xml application/rss+xml; charset=utf-8",
        "t/agents/atom.xml application/atom+xml; charset=utf-8",
        "t/agents/feed.json application/feed+json; charset=utf-8",
        "t/retrieval/rss.xml application/rss+xml; charset=utf-8",
        "t/retrieval/atom.xml application/atom+xml; charset=utf-8",
        "t/retrieval/feed.json application/feed+json; charset=utf-8",
        "t/vision/rss.xml application/rss+xml; charset=utf-8",
        "t/vision/atom.xml application/atom+xml; charset=utf-8",
        "t/vision/feed.json application/feed+json; charset=utf-8",
        "feeds/daily.xml application/rss+xml; charset=utf-8",
        "feeds/daily.atom.xml application/atom+xml; charset=utf-8",
        "feeds/daily.json application/feed+json; charset=utf-8",
        "editions/daily/2026-11-24/rss.xml application/rss+xml; charset=utf-8",
        "editions/daily/2026-11-24/atom.xml application/atom+xml; charset=utf-8",
        "editions/daily/2026-11-24/feed.json application/feed+json; charset=utf-8",
        "p/arxiv/2611.00101/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/arxiv/2611.00201/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/arxiv/2611.00102/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/arxiv/2611.00301/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/arxiv/2611.00103/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/arxiv/2611.00202/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/doi/10.5555/example(1).2/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/arxiv/2611.00901/feed.atom.xml application/atom+xml; charset=utf-8",
        "p/arxiv/2611.00902/feed.atom.xml application/atom+xml; charset=utf-8",
        "feeds.opml text/x-opml; charset=utf-8",
        "feed.css text/css; charset=utf-8",
        "icon.png image/png",
      ]
    `);
  });

  it('are the same bytes from the same editions in another order', () => {
    const editions = [sampleEdition, editionBefore(1, 4), editionBefore(2, 4)];
    expect(renderFeeds(sampleSite, [sampleDigest], editions.toReversed(), body)).toEqual(
      renderFeeds(sampleSite, [sampleDigest], editions, body),
    );
  });

  it('change no entry when an edition is added', () => {
    const before = allFeed(sampleSite, [editionBefore(1, 4)]).items;
    expect(allFeed(sampleSite, [editionBefore(1, 4), sampleEdition]).items.slice(-4)).toEqual(before);
  });

  it('keep all entries beyond a megabyte, the oldest with their summaries only', () => {
    const editions = [0, 1, 2, 3].map((day) => editionBefore(day, 1));
    const documents = renderFeeds({ ...sampleSite, topics: [] }, [sampleDigest], editions, long);
    const feed = documents.find(({ path }) => path === 'feeds/daily.xml');
    const xml = String(feed?.body);
    expect(Buffer.byteLength(xml)).toBeLessThanOrEqual(1_000_000);
    const contents = (parseRssFeed(xml).items ?? []).map((item) => item.content?.encoded ?? '');
    expect(contents.map((html) => html.includes('word'))).toEqual([true, true, false, false]);
    expect(contents.at(-1)).toContain('2026-11-21');
  });

  it('are refused when a digest would take the path of another feed', () => {
    expect(() => renderFeeds(sampleSite, [{ ...sampleDigest, key: 'all' }], [], body)).toThrow(
      /feeds\/all\.xml/,
    );
  });
});

describe('the feed of one paper', () => {
  const paths = (ids: readonly string[]): readonly string[] => {
    const edition = editionBefore(1, ids.length);
    const [section] = edition.sections;
    const picks = section?.picks.map((pick, index) => ({
      ...pick,
      paper: { ...pick.paper, id: ids[index] ?? '' },
    }));
    return renderFeeds(
      { ...sampleSite, topics: [] },
      [],
      [{ ...edition, sections: [{ topic: 'agents', name: 'Agents', picks: picks ?? [] }] }],
      body,
    ).flatMap(({ path }) => (path.startsWith('p/') ? [path] : []));
  };

  it('stands beside its page, in Atom', () => {
    expect(paths(['arxiv:2611.00001', 'doi:10.1234/a(1)<b>'])).toEqual([
      'p/arxiv/2611.00001/feed.atom.xml',
      'p/doi/10.1234/a(1)%3Cb%3E/feed.atom.xml',
    ]);
  });

  it('gives way to the page of a paper whose DOI is its address', () => {
    expect(paths(['doi:10.1234/x', 'doi:10.1234/x/feed.atom.xml'])).toEqual([
      'p/doi/10.1234/x/feed.atom.xml/feed.atom.xml',
    ]);
  });

  it('is there for a paper that was trending and never picked', () => {
    const [pick] = editionBefore(2, 1).sections.flatMap(({ picks }) => picks);
    if (!pick) throw new Error('no pick');
    const entry = { pick, enteredAt: sampleEdition.publishedAt, editionDate: '2026-11-24' };
    const documents = renderFeeds(sampleSite, [], [], body, '', [entry]);
    const feed = documents.find(({ path }) => path === 'p/arxiv/2611.20000/feed.atom.xml');
    expect(parseAtomFeed(String(feed?.body)).entries?.map(({ id, title }) => [id, title?.value])).toEqual([
      [
        'tag:papers.example.org,2026:event/arxiv:2611.20000/trending',
        'Trending since Tuesday, 24 November 2026: An Invented Paper, Number 20000',
      ],
    ]);
  });
});

describe('the OPML list', () => {
  it('names every feed at an address that is rendered', () => {
    const rendered = new Set(
      renderFeeds(sampleSite, [sampleDigest], [sampleEdition], body).map(
        ({ path }) => `${sampleSite.baseUrl}${path}`,
      ),
    );
    const outlines = parseOpml(renderOpml(sampleSite, [sampleDigest], [sampleEdition])).body?.outlines ?? [];
    const urls = outlines
      .flatMap((outline) => [outline, ...(outline.outlines ?? [])])
      .flatMap(({ xmlUrl }) => xmlUrl ?? []);
    expect(urls).toHaveLength(6);
    expect(urls.filter((url) => !rendered.has(url))).toEqual([]);
  });

  it.each([
    ['Speech & music', 'Speech & music'],
    ['R&D', 'R&amp;D'],
    ['a < b', 'a &lt; b'],
    ['Q&amp;A', 'Q&amp;amp;A'],
  ])('writes the name %j as HTML where it reads as something else', (name, text) => {
    const site = { ...sampleSite, topics: [{ ...sampleTopic, name }] };
    const [, , topics] = parseOpml(renderOpml(site, [sampleDigest], [])).body?.outlines ?? [];
    expect(topics?.outlines?.[0]).toMatchObject({ text, title: text });
  });

  it('stays well-formed with hostile names, and is dated by the latest edition', () => {
    const site = {
      ...sampleSite,
      title: 'R&D <b> ]]> \u0000"',
      topics: [{ ...sampleTopic, name: '<x> & "y" \uFFFE' }],
    };
    const opml = renderOpml(site, [sampleDigest], [sampleEdition]);
    expect(elementNames(opml).filter((name) => name === 'outline')).toHaveLength(6);
    expect(opml).toContain('<dateModified>Tue, 24 Nov 2026 06:00:00 GMT</dateModified>');
    expect(opml).not.toContain('\u0000');
  });
});
