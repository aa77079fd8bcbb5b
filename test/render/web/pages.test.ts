import { hash } from 'node:crypto';
import { assert, property, string } from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { editionPicks, type Edition, type Pick } from '../../../src/domain/edition.ts';
import type { PublishedDocument, Site } from '../../../src/domain/site.ts';
import { renderFeeds } from '../../../src/render/feed/publish.ts';
import { renderPages } from '../../../src/render/web/pages.ts';
import { compilePages, type Pages } from '../../../src/render/web/templates.ts';
import { readPage, type PageElement } from './html-tree.ts';
import { inputs, trending, views } from './sample-inputs.ts';
import { digests, editions, projectPages, site, today } from './sample-site.ts';

let pages: Pages;
let documents: readonly PublishedDocument[];

beforeAll(async () => {
  pages = await projectPages();
  documents = renderPages(pages, site, digests, editions, inputs);
});

function bodyOf(made: readonly PublishedDocument[], path: string): string {
  const found = made.find((document) => document.path === path);
  if (!found) throw new Error(`expected a document at ${path}`);
  return String(found.body);
}

/** A document by its path, type and bytes. */
function named({ path, contentType, body }: PublishedDocument): readonly string[] {
  return [path, contentType, hash('sha256', body)];
}

function htmlPages(made: readonly PublishedDocument[]): readonly { path: string; html: string }[] {
  return made
    .filter((document) => document.contentType.startsWith('text/html'))
    .map((document) => ({ path: document.path, html: String(document.body) }));
}

function elementsOf(html: string, name: string): readonly PageElement[] {
  return readPage(html).elements.filter((element) => element.name === name);
}

/** The edition with one pick replaced by a changed copy, and nothing else in it. */
function withFirstPick(change: (pick: Pick) => Pick): Edition {
  const [section] = today.sections;
  const [pick] = section?.picks ?? [];
  if (!section || !pick) throw new Error('the sample has no pick');
  return { ...today, sections: [{ ...section, picks: [change(pick)] }], outside: [] };
}

/** Every text of the site and of an edition replaced by what `text` gives. */
function hostileSite(text: string): { site: Site; edition: Edition } {
  const source = withFirstPick((pick) => ({
    ...pick,
    why: text,
    paper: {
      ...pick.paper,
      title: text,
      abstract: text,
      authors: [{ name: text, affiliation: text }],
      categories: [text],
      organization: text,
      doi: text,
      source: text,
    },
  }));
  return {
    site: {
      ...site,
      title: text,
      description: text,
      topics: site.topics.map((topic) => ({ ...topic, name: text, include: [text] })),
    },
    edition: {
      ...source,
      digestName: text,
      sections: source.sections.map((section) => ({ ...section, name: text })),
      updated: today.updated.map((paper) => ({ ...paper, title: text })),
      alsoNew: today.alsoNew.map((paper) => ({ ...paper, title: text })),
      coverage: {
        ...today.coverage,
        sources: today.coverage.sources.map((state) => ({ ...state, name: text, reason: text })),
      },
    },
  };
}

function render(text: string): readonly { path: string; html: string }[] {
  const { site, edition } = hostileSite(text);
  const picks = editionPicks(edition);
  const week = views.slice(0, 1).map((view) => ({ ...view, picks }));
  return htmlPages(renderPages(pages, site, digests, [edition], { ...inputs, views: week, trending: [] }));
}

/** The names of all elements in their order; a formula is text like any other. */
function shape(html: string): readonly string[] {
  return readPage(html).elements.flatMap(({ name }) => (mathsNames.test(name) ? [] : name));
}

const mathsNames =
  /^(?:math|m(?:row|i|n|o|s|text|space|phantom|frac|sqrt|root|su[bp]|subsup|under|over|underover|multiscripts|prescripts|table|tr|td|padded|style))$/;

describe('the set of pages', () => {
  it('holds a page for the site, each edition, topic and picked paper, and the files around them', () => {
    const papers = [
      'arxiv/2611.11801',
      'arxiv/2611.12034',
      'arxiv/2611.10442',
      'arxiv/2611.07700',
      'arxiv/2611.09915',
      'arxiv/2611.08820',
      'arxiv/2611.05310',
      'doi/10.5555/ab.2026.11%3C7%3E',
      'arxiv/2611.06002',
      'arxiv/2611.04404',
      'arxiv/2611.03303',
    ];
    expect(documents.map((document) => document.path)).toEqual([
      'index.html',
      'editions/daily/2026-11-24/index.html',
      'editions/daily/2026-11-21/index.html',
      'editions/daily/2026-10-31/index.html',
      'week/index.html',
      'week/2026-W48/index.html',
      'week/2026-W47/index.html',
      'month/index.html',
      'month/2026-11/index.html',
      'trending/index.html',
      'topics/index.html',
      't/agents/index.html',
      't/retrieval/index.html',
      't/robotics/index.html',
      't/audio/index.html',
      ...papers.flatMap((paper) => [`p/${paper}/index.html`, `p/${paper}/cite.bib`]),
      'archive/index.html',
      'feeds/index.html',
      'ranking/index.html',
      '404.html',
      'og.png',
      't/agents/og.png',
      't/retrieval/og.png',
      't/robotics/og.png',
      't/audio/og.png',
      'editions/daily/2026-11-24/og.png',
      'editions/daily/2026-11-21/og.png',
      'editions/daily/2026-10-31/og.png',
      'week/2026-W48/og.png',
      'week/2026-W47/og.png',
      'month/2026-11/og.png',
      'trending/og.png',
      'style.css',
      'icon.svg',
      'robots.txt',
    ]);
  });

  it('is the same byte for byte when made again from editions in another order', () => {
    const again = renderPages(pages, site, digests, editions.toReversed(), {
      ...inputs,
      views: views.toReversed(),
      trending: trending.toReversed(),
    });
    expect(again.map(named)).toEqual(documents.map(named));
  });

  it('has another basis for another edition of the same number and time', () => {
    const [first] = editions;
    if (!first) throw new Error('no edition');
    const path = `editions/${first.digest}/${first.editionDate}/index.html`;
    const basisOf = (made: readonly PublishedDocument[]) => made.find((one) => one.path === path)?.basis;
    const other = editions.map((edition) => (edition === first ? { ...first, alsoNew: [] } : edition));
    expect(basisOf(documents)).toBeDefined();
    expect(basisOf(renderPages(pages, site, digests, other))).not.toBe(basisOf(documents));
  });

  it('can be made before the first edition', () => {
    const made = renderPages(pages, site, digests, []);
    expect(bodyOf(made, 'index.html')).toContain('No edition has been published yet');
    expect(bodyOf(made, 't/agents/index.html')).toContain('No paper of this topic has been picked yet');
    expect(bodyOf(made, 'archive/index.html')).toContain('No edition has been published yet');
  });

  it.each(['index.html', 'p/arxiv/2611.11801/index.html'])('writes %s as on file', async (path) => {
    const golden = path.replaceAll('/', '_');
    await expect(bodyOf(documents, path)).toMatchFileSnapshot(`../../golden/web/${golden}`);
  });
});

describe('every page', () => {
  it('is HTML that a browser need not repair, with one h1, one main and no id twice', () => {
    for (const { path, html } of htmlPages(documents)) {
      const { elements, errors } = readPage(html);
      expect([path, errors]).toEqual([path, []]);
      const count = (name: string): number => elements.filter((element) => element.name === name).length;
      const titles = html.slice(0, html.indexOf('<body')).split('<title>').length - 1;
      expect([path, [count('h1'), count('main'), titles]]).toEqual([path, [1, 1, 1]]);
      const ids = elements.flatMap((element) => element.attributes.id ?? []);
      expect([path, new Set(ids).size]).toEqual([path, ids.length]);
    }
  });

  it('has no script, no inline style and loads nothing from elsewhere', () => {
    const active = new Set(['script', 'style', 'iframe', 'object', 'embed', 'img', 'form', 'base']);
    for (const { path, html } of htmlPages(documents)) {
      const { elements } = readPage(html);
      const names = elements.map((element) => element.name).filter((name) => active.has(name));
      const attributes = elements.flatMap((element) => Object.keys(element.attributes));
      const loaded = elements
        .filter(({ attributes }) => /^(?:stylesheet|icon)$/.test(attributes.rel ?? ''))
        .map(({ attributes }) => attributes.href);
      expect([path, names]).toEqual([path, []]);
      expect(attributes.filter((key) => key === 'style' || key === 'src' || key.startsWith('on'))).toEqual(
        [],
      );
      expect(loaded).toEqual(['/daily/icon.svg', '/daily/style.css']);
    }
    expect(bodyOf(documents, 'style.css')).not.toMatch(/url\(|@import/);
  });

  it('links only to documents of the site, and to places inside them that exist', () => {
    const feeds = renderFeeds(site, digests, editions, () => '<p>The whole edition.</p>', '', trending);
    const ids = new Map(
      [...documents, ...feeds].map((document) => [
        `/daily/${document.path}`,
        document.contentType.startsWith('text/html')
          ? readPage(String(document.body)).elements.map((element) => element.attributes.id)
          : [],
      ]),
    );
    const links = htmlPages(documents).flatMap(({ path, html }) => {
      const here = new URL(path.replace(/index\.html$/, ''), site.baseUrl);
      return readPage(html)
        .elements.flatMap(({ attributes }) => attributes.href ?? [])
        .map((href) => new URL(href, here))
        .filter((target) => target.host === here.host)
        .map((target) => ({ path, target }));
    });
    const broken = links.filter(({ target }) => {
      const found = ids.get(target.pathname.replace(/\/$/, '/index.html'));
      return !found || (target.hash !== '' && !found.includes(target.hash.slice(1)));
    });
    expect(broken.map(({ path, target }) => `${path} links to ${target.href}`)).toEqual([]);
    expect(links.length).toBeGreaterThan(200);
  });

  it.each([
    ['index.html', 'The Morning Preprint', 'feeds/all.xml'],
    ['t/agents/index.html', 'Agents and tool use', 't/agents/rss.xml'],
    ['trending/index.html', 'The Morning Preprint, trending', 'trending/rss.xml'],
    ['editions/daily/2026-11-24/index.html', 'Daily, whole editions', 'feeds/daily.xml'],
    [
      'p/arxiv/2611.11801/index.html',
      'Agents That Rehearse: Planning Tool Use Before Touching the World',
      'p/arxiv/2611.11801/feed.atom.xml',
    ],
    ['p/arxiv/2611.03303/index.html', 'The Morning Preprint', 'feeds/all.xml'],
  ])('%s names its own feed first, with a title', (path, title, feed) => {
    const alternates = elementsOf(bodyOf(documents, path), 'link').filter(
      (link) => link.attributes.rel === 'alternate',
    );
    const format = feed.includes('atom') ? 'Atom' : 'RSS';
    expect(alternates[0]?.attributes).toEqual({
      rel: 'alternate',
      type: `application/${format.toLowerCase()}+xml`,
      title: `${title} (${format})`,
      href: `https://papers.example.org/daily/${feed}`,
    });
    const types = alternates.map((link) => link.attributes.type);
    expect(types).toEqual(expect.arrayContaining(['application/atom+xml', 'application/feed+json']));
    const addresses = alternates.map((link) => link.attributes.href);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('says that it is a sample, and is not to be listed, when papers and people are invented', () => {
    const sample: Site = { ...site, isSample: true };
    const made = renderPages(pages, sample, digests, editions);
    for (const { path, html } of htmlPages(made)) {
      const isMarked = html.includes('The papers and the people on this page are invented');
      const isHidden = html.includes('<meta name="robots" content="noindex">');
      expect([path, isMarked, isHidden]).toEqual([path, true, true]);
    }
    expect(bodyOf(made, 'robots.txt')).toBe('User-agent: *\nDisallow: /daily/\n');
    expect(bodyOf(documents, 'index.html')).not.toContain('invented');
  });

  it('stands at the root when the site has no path', () => {
    const made = renderPages(pages, { ...site, baseUrl: 'http://localhost:8080/' }, digests, editions);
    const hrefs = elementsOf(bodyOf(made, 'index.html'), 'a').map((link) => link.attributes.href);
    expect(hrefs).toContain('/editions/daily/2026-11-24/');
    expect(hrefs.filter((href) => href?.startsWith('/daily'))).toEqual([]);
  });
});

describe('an edition on a page', () => {
  it('tells what it covers, what was missing and how each source stood', () => {
    const html = bodyOf(documents, 'editions/daily/2026-11-24/index.html');
    const text = elementsOf(html, 'main')[0]?.text ?? '';
    expect(text).toContain('214 new in its topics, 6 shown, 2 from outside; 2 papers revised.');
    expect(text).toContain('Covers Mon 23 Nov, 02:30 to Tue 24 Nov, 02:30 UTC.');
    expect(text).toContain(
      'Incomplete: arxiv could not be read: rss.arxiv.org answered 503 three times. Papers from it may be missing here.',
    );
    expect(text).toContain('reading-list quiet 0 new');
  });

  it('leaves out sections without picks, and says so when there are none at all', () => {
    expect(bodyOf(documents, 'index.html')).not.toContain('id="topic-audio"');
    expect(bodyOf(documents, 'editions/daily/2026-10-31/index.html')).toContain('Nothing was picked');
  });

  it('is linked with the one before and the one after it', () => {
    const links = elementsOf(bodyOf(documents, 'editions/daily/2026-11-21/index.html'), 'a');
    const hrefs = (rel: string): (string | undefined)[] =>
      links.filter((link) => link.attributes.rel === rel).map((link) => link.attributes.href);
    expect(hrefs('prev')).toEqual(['/daily/editions/daily/2026-10-31/']);
    expect(hrefs('next')).toEqual(['/daily/editions/daily/2026-11-24/']);
  });

  it('shows TeX as Unicode, money as money and a literal tag as text', () => {
    expect(bodyOf(documents, 'index.html')).toContain('Reranking in O(n log n) Comparisons');
    const paper = elementsOf(bodyOf(documents, 'p/arxiv/2611.12034/index.html'), 'main')[0]?.text ?? '';
    expect(paper).toContain('A literal <think> tag in a passage');
    expect(elementsOf(bodyOf(documents, 'p/arxiv/2611.07700/index.html'), 'main')[0]?.text).toContain(
      'a $35 computer',
    );
  });

  it('shows the times of a digest in its zone', () => {
    const berlin = renderPages(pages, site, digests, [{ ...today, zone: 'Europe/Berlin' }]);
    expect(bodyOf(berlin, 'index.html')).toContain(
      'published <time datetime="2026-11-24T02:30:00Z">Tue 24 Nov, 03:30 Europe/Berlin',
    );
  });
});

describe('a paper page', () => {
  it('keeps the parts of the score in numbers and every edition that picked it', () => {
    const text = elementsOf(bodyOf(documents, 'p/arxiv/2611.11801/index.html'), 'main')[0]?.text ?? '';
    for (const fact of [
      '143.2',
      '71.6',
      '57.3',
      '14.3',
      '54 %',
      '+38 votes in 24 hours',
      '9 authors in all',
    ]) {
      expect(text).toContain(fact);
    }
    expect(text).toContain(
      'Tue 24 Nov 2026 Picked for Daily No. 12 in Agents and tool use place 1, score 143.2',
    );
    expect(text).toContain(
      'Sat 21 Nov 2026 Picked for Daily No. 11 in Agents and tool use place 2, score 40.5',
    );
    expect(text).toContain('version 2');
  });

  it('names the signals that no source gave', () => {
    const edition = withFirstPick((pick) => ({
      ...pick,
      score: {
        value: 3,
        parts: [{ name: 'votes now', value: -1 }],
        ageHours: 1,
        shareIn: 0.999,
        missing: ['upvotes', 'stars'],
      },
    }));
    const text = elementsOf(
      bodyOf(renderPages(pages, site, digests, [edition]), 'p/arxiv/2611.11801/index.html'),
      'main',
    )[0]?.text;
    expect(text).toContain('−1.0');
    expect(text).toContain('No source told its upvotes and stars');
    expect(text).toContain('was 1 hour old. A paper of that age usually has 99 % of its votes.');
  });

  it('says of a paper that nobody could vote for what its score rests on', () => {
    const edition = withFirstPick((pick) => ({
      ...pick,
      score: {
        value: 3,
        parts: [{ name: 'from topic, authors, links', value: 3 }],
        ageHours: 8,
        shareIn: 0,
        chance: 0.12,
        chanceFor: ['“kettles” for', 'authors against'],
        missing: ['upvotes'],
      },
    }));
    const made = renderPages(pages, site, digests, [edition]);
    const [main] = elementsOf(bodyOf(made, 'p/arxiv/2611.11801/index.html'), 'main');
    expect(main?.text).toContain('times the chance of being listed: 12 %, most of all by “kettles” for and');
    expect(main?.text).not.toContain('A paper of that age');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//example.org/', 'not an address', ''])(
    'does not link to "%s"',
    (url) => {
      const edition = withFirstPick((pick) => ({
        ...pick,
        paper: {
          ...pick.paper,
          links: { abstract: url, pdf: url, code: url, project: url, discussion: url },
        },
      }));
      const made = renderPages(pages, site, digests, [
        { ...edition, alsoNew: [{ id: 'url:1', title: 'Elsewhere', url, topics: [] }], updated: [] },
      ]);
      const hrefs = htmlPages(made).flatMap(({ html }) =>
        elementsOf(html, 'a').map((link) => link.attributes.href),
      );
      expect(hrefs.filter((href) => href === url || href?.startsWith('javascript') === true)).toEqual([]);
      expect(bodyOf(made, 'index.html')).toContain('Elsewhere');
    },
  );
});

describe('text from outside', () => {
  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onclick='alert(1)",
    '</title></textarea></style><!--',
    ']]> ]]>',
    '{{title}} {{{body}}}',
    '&amp; &lt;b&gt; &#0;',
    '0',
    'שלום ‏',
    '🦉 owl',
  ])('stays text on every page: %s', (text) => {
    const plain = render('plain');
    const hostile = render(text);
    expect(hostile.map(({ path }) => path)).toEqual(plain.map(({ path }) => path));
    hostile.forEach(({ path, html }, index) => {
      expect([path, shape(html)]).toEqual([path, shape(plain[index]?.html ?? '')]);
      expect([path, readPage(html).errors]).toEqual([path, []]);
    });
    const paper = hostile.find(({ path }) => path.startsWith('p/'))?.html ?? '';
    expect(elementsOf(paper, 'h1')[0]?.text).toBe(text);
  });

  it('stays text inside a formula', () => {
    const plain = render('plain').map(({ html }) => shape(html));
    const hostile = render('$<b>x</b>$ and \\(\\text{<i>}\\)');
    expect(hostile.map(({ html }) => shape(html))).toEqual(plain);
    expect(hostile.flatMap(({ html }) => readPage(html).errors)).toEqual([]);
  });

  it('loses control characters and line ends, and nothing else', () => {
    const html =
      render('a\u0000b\u0007\r\nc\u{1f}  d\uFFFE').find(({ path }) => path.startsWith('p/'))?.html ?? '';
    expect(elementsOf(html, 'h1')[0]?.text).toBe('ab c d');
  });

  it('never changes the elements of a page, whatever it is', () => {
    const plain = render('plain').map(({ html }) => shape(html));
    assert(
      property(string({ unit: 'binary', minLength: 1, maxLength: 60 }), (text) => {
        const hostile = render(`x ${text}`);
        expect(hostile.map(({ html }) => shape(html))).toEqual(plain);
        expect(hostile.flatMap(({ html }) => readPage(html).errors)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('templates', () => {
  const least = { 'layout.hbs': '{{{body}}}', 'style.css': '', 'icon.svg': '' };

  it('are refused by name when broken or missing', () => {
    expect(() => compilePages({ ...least, 'home.hbs': '{{#if}' })).toThrow(/^home\.hbs: /);
    expect(() => compilePages({ 'layout.hbs': '' })).toThrow(/^style\.css: expected this file/);
    expect(() => bodyOf(renderPages(compilePages(least), site, digests, []), 'index.html')).toThrow(
      /^home\.hbs: expected a template/,
    );
  });

  it('that show what a page does not have are refused instead of leaving a hole', () => {
    const broken = compilePages({ ...least, 'home.hbs': '{{nothingOfTheKind}}' });
    expect(() => bodyOf(renderPages(broken, site, digests, []), 'index.html')).toThrow(
      /^home\.hbs: .*nothingOfTheKind/,
    );
  });
});
