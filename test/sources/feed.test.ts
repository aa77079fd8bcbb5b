import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Listing, ListingAnswer, Validators } from '../../src/domain/listing.ts';
import { feedSource } from '../../src/sources/feed.ts';
import { createHttpClient, type HttpClient } from '../../src/sources/http.ts';
import { loopback } from './loopback.ts';

const now = Date.parse('2026-01-14T06:00:00Z');
const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 1_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const read = async (
  url: string,
  validators?: Validators,
  client: HttpClient = http,
): Promise<ListingAnswer> => {
  const source = feedSource({ name: 'journal', url });
  const [request] = await source.requests(now);
  if (!request) throw new Error('no request');
  const signal = new AbortController().signal;
  return source.read(request, { now, signal, http: client, ...(validators ? { validators } : {}) });
};

/** What a server that sends this body gives. */
const listed = async (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Listing> => {
  await using server = await loopback((_, response) => response.writeHead(200, headers).end(body));
  const answer = await read(`${server.url}/feed`);
  if (answer.state !== 'read') throw new Error('expected a listing');
  return answer.listing;
};

const rss = (items: string): string =>
  `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><title>J. Teapots</title>${items}</channel></rss>`;

const kettle = `<item><title>On &lt;i&gt;Kettles&lt;/i&gt;: 10&lt;sup&gt;3&lt;/sup&gt; &amp;amp; more</title>
  <link>https://journal.example.org/article/1</link><guid isPermaLink="false">j-1</guid>
  <description>&lt;p&gt;We whistle where p &amp;lt; 0.05.&lt;/p&gt;&lt;p&gt;A literal &lt;think&gt; stays.&lt;/p&gt;</description>
  <dc:creator>Ada Invented</dc:creator><dc:creator>Bo Made-Up</dc:creator><category>Kettles</category>
  <prism:doi>10.5555/Kettle.1</prism:doi><pubDate>Tue, 13 Jan 2026 05:00:00 GMT</pubDate></item>`;
const bare = (inside: string, title = 'A'): string => rss(`<item><title>${title}</title>${inside}</item>`);

describe('a listing', () => {
  test('holds the papers of the feed as plain text, under the day of the newest of them', async () => {
    expect(await listed(rss(kettle))).toEqual({
      source: 'journal',
      listDate: '2026-01-13',
      readAt: now,
      announced: 1,
      dropped: [],
      quiet: false,
      hasVotes: false,
      entries: [
        {
          sourceKey: 'j-1',
          kind: 'new',
          signals: [],
          paper: {
            id: 'doi:10.5555/kettle.1',
            doi: '10.5555/Kettle.1',
            title: 'On Kettles: 10³ & more',
            abstract: 'We whistle where p < 0.05. A literal <think> stays.',
            authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
            categories: ['Kettles'],
            keywords: [],
            links: { abstract: 'https://journal.example.org/article/1' },
            submittedAt: Date.parse('2026-01-13T05:00:00Z'),
          },
        },
      ],
    });
  });

  test.each([
    ['an arXiv link', '<link>http://arxiv.org/abs/2601.05001v2</link>', 'arxiv:2601.05001', 2],
    ['an arXiv PDF', '<link>https://arxiv.org/pdf/2601.05001.pdf</link>', 'arxiv:2601.05001', undefined],
    ['an old arXiv id', '<guid isPermaLink="false">oai:arXiv.org:cs/0601001v3</guid>', 'arxiv:cs/0601001', 3],
    [
      'a Hugging Face page',
      '<link>https://huggingface.co/papers/2601.05001</link>',
      'arxiv:2601.05001',
      undefined,
    ],
    [
      'dc:identifier',
      '<link>https://j.example.org/1</link><dc:identifier>doi:10.1101/2026.01.02</dc:identifier>',
      'doi:10.1101/2026.01.02',
      undefined,
    ],
    ['a DOI link', '<link>https://doi.org/10.5555/x.1</link>', 'doi:10.5555/x.1', undefined],
    [
      'a DOI in the link',
      '<link>https://j.example.org/doi/abs/10.5555/x.1?af=R</link>',
      'doi:10.5555/x.1',
      undefined,
    ],
    [
      "arXiv's own DOI",
      '<link>https://doi.org/10.48550/arXiv.2601.05001</link>',
      'arxiv:2601.05001',
      undefined,
    ],
    [
      'a web address',
      '<link>https://j.example.org/1</link>',
      expect.stringMatching(/^url:[0-9a-f]{32}$/),
      undefined,
    ],
  ])('knows a paper by %s', async (_, inside, id, version) => {
    const { entries } = await listed(bare(inside));
    expect(entries[0]?.paper.id).toEqual(id);
    expect(entries[0]?.paper.version).toBe(version);
  });

  test("tells arXiv's replacements from new papers, and leaves out what it writes before an abstract", async () => {
    const description = (type: string): string =>
      `<link>https://arxiv.org/abs/2601.05001</link><description>arXiv:2601.05001v2 Announce Type: ${type} \nAbstract: We whistle.</description>`;
    const inElement = await listed(
      bare(`<arxiv:announce_type>cross</arxiv:announce_type>${description('cross')}`),
    );
    const inText = await listed(bare(description('replace')));
    expect(inElement.entries[0]).toMatchObject({ kind: 'cross-list', paper: { abstract: 'We whistle.' } });
    expect(inText.entries[0]).toMatchObject({ kind: 'replacement', paper: { abstract: 'We whistle.' } });
  });

  test('keeps the title "0", and a very long article as its beginning', async () => {
    const { entries } = await listed(
      bare(`<link>https://j.example.org/1</link><description>${'kettle '.repeat(5000)}</description>`, '0'),
    );
    expect(entries[0]?.paper.title).toBe('0');
    expect(entries[0]?.paper.abstract).toMatch(/kettle…$/);
    expect(entries[0]?.paper.abstract.length).toBeLessThanOrEqual(10_001);
  });

  test('drops what is no paper, with the reason, and keeps the others', async () => {
    const { announced, entries, dropped } = await listed(
      rss(`${kettle}<item><link>https://j.example.org/2</link></item><item><guid>x</guid><title>No link</title></item>
        <item><title>Script</title><link>javascript:alert(1)</link></item>${kettle}`),
    );
    expect([announced, entries.length]).toEqual([5, 1]);
    expect(dropped).toEqual([
      { key: 'https://j.example.org/2', reason: expect.stringContaining('title') },
      { key: 'x', reason: expect.stringContaining('link') },
      { key: 'entry 4', reason: expect.stringContaining('link') },
      { key: 'j-1', reason: expect.stringContaining('came again') },
    ]);
  });

  test('of a feed without dates is that of the day of reading; a date to come counts for none', async () => {
    expect(await listed(bare('<link>https://j.example.org/1</link>'))).toMatchObject({
      listDate: '2026-01-14',
    });
    const soon = '<link>https://j.example.org/1</link><pubDate>1 Mar 2031 00:00:00 GMT</pubDate>';
    expect(await listed(bare(soon))).toMatchObject({ listDate: '2026-01-14' });
  });

  test('of an empty feed is empty', async () => {
    expect(await listed(rss(''))).toMatchObject({ announced: 0, entries: [], dropped: [] });
  });

  test('that is cut off does not look whole', async () => {
    const whole = rss(
      kettle + kettle.replaceAll('1</', '2</').replace('j-1', 'j-2').replace('Kettle.1', 'Kettle.2'),
    );
    expect((await listed(whole)).dropped).toEqual([]);
    const { entries, dropped } = await listed(whole.slice(0, -300));
    expect(entries).toHaveLength(1);
    expect(dropped).toEqual([{ key: 'document', reason: expect.stringMatching(/cut off.*1 entr/) }]);
  });

  test('in gzip without a word of it, or in another character set, is the same', async () => {
    const feed = bare('<link>https://j.example.org/1</link>', 'Café');
    expect((await listed(gzipSync(feed))).entries[0]?.paper.title).toBe('Café');
    const latin = await listed(Buffer.from(feed, 'latin1'), {
      'content-type': 'text/xml; charset=iso-8859-1',
    });
    expect(latin.entries[0]?.paper.title).toBe('Café');
  });

  test('has its relative links from where the feed came', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.url === '/feed') response.writeHead(302, { location: '/moved/feed' }).end();
      else response.end(bare('<link>paper/1</link>'));
    });
    const answer = await read(`${server.url}/feed`);
    expect(answer).toMatchObject({
      listing: { entries: [{ paper: { links: { abstract: `${server.url}/moved/paper/1` } } }] },
    });
  });
});

describe('JSON Feed', () => {
  const feed = (version: string, items: unknown): string => JSON.stringify({ version, title: 'T', items });
  const item = {
    id: 7,
    url: '/1',
    title: 'A & <b>',
    content_html: '<p>x</p>',
    authors: [{ name: 'Ada' }, { name: 5 }, null],
    tags: ['cs.CL', null],
    date_published: '2026-01-13T00:00:00-05:00',
    attachments: 'wrong',
  };

  test.each(['https://jsonfeed.org/version/1', 'https://jsonfeed.org/version/1.1'])('%s', async (version) => {
    const { entries, dropped } = await listed(`\ufeff ${feed(version, [item, null, { title: 'x' }])}`);
    expect(entries[0]).toMatchObject({
      sourceKey: '7',
      paper: {
        title: 'A & <b>',
        abstract: 'x',
        authors: [{ name: 'Ada' }],
        categories: ['cs.CL'],
        submittedAt: Date.parse('2026-01-13T05:00:00Z'),
        links: { abstract: expect.stringMatching(/^http.*\/1$/) },
      },
    });
    expect(dropped.map(({ key }) => key)).toEqual(['entry 2', 'entry 3']);
  });

  test('of version 1 has one author', async () => {
    const { authors, ...rest } = item;
    const { entries } = await listed(
      feed('https://jsonfeed.org/version/1', [{ ...rest, author: authors[0] }]),
    );
    expect(entries[0]?.paper.authors).toEqual([{ name: 'Ada' }]);
  });
});

describe('asking again', () => {
  test('costs one request when the server says that nothing changed', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(rss(kettle));
    });
    const first = await read(server.url);
    if (first.state !== 'read') throw new Error('expected a listing');
    expect(first.validators).toMatchObject({ etag: '"1"' });
    expect(await read(server.url, first.validators)).toEqual({ state: 'unchanged' });
    expect(server.asked).toHaveLength(2);
  });

  test('is unchanged when only the time of generation differs, also on another day', async () => {
    await using server = await loopback((_, response, index) =>
      response.end(
        rss(`<lastBuildDate>${index}</lastBuildDate>${bare('<link>https://j.example.org/1</link>')}`),
      ),
    );
    const first = await read(server.url);
    if (first.state !== 'read') throw new Error('expected a listing');
    expect(await read(server.url, first.validators)).toEqual({ state: 'unchanged' });
  });

  test('is at the pace of arXiv where the feed is one of its own', async () => {
    const paces: unknown[] = [];
    const noting: HttpClient = {
      get: async (_url, request) => {
        paces.push(request.pace?.group);
        return { state: 'unchanged' };
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    await read('https://rss.arxiv.org/rss/cs.CL', undefined, noting);
    await read('https://journal.example.org/feed', undefined, noting);
    expect(paces).toEqual(['arxiv.org', undefined]);
  });
});

describe('a wrong answer', () => {
  test.each([
    ['nothing', 200, '', 'not-recognised'],
    ['white space', 200, ' \n ', 'not-recognised'],
    ['a web page', 200, '<!doctype html><title>Just a moment</title>', 'not-recognised'],
    [
      'a web page in XML',
      200,
      '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
      'not-recognised',
    ],
    ['plain text', 200, 'Service unavailable', 'not-recognised'],
    ['other XML', 200, '<opml version="2.0"><body/></opml>', 'not-recognised'],
    ['other JSON', 200, '{"error":"no such feed"}', 'not-recognised'],
    ['a JSON array', 200, '[1]', 'not-recognised'],
    ['half a JSON Feed', 200, '{"version":"https://jsonfeed.org/version/1.1","items":[', 'malformed'],
    ['deep JSON', 200, '[1,'.repeat(100_000), 'malformed'],
    ['the start of a feed', 200, '<?xml version="1.0"?><rss version="2.0"><channel><tit', 'malformed'],
    ['only a declaration', 200, '<?xml version="1.0"?>', 'malformed'],
    [
      'an external entity',
      200,
      `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>${rss(kettle)}`,
      'malformed',
    ],
    ['half a gzip body', 200, gzipSync(rss(kettle)).subarray(0, 60), 'malformed'],
    [
      'an error of arXiv in a feed',
      200,
      '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>bad id</summary></entry></feed>',
      'reported',
    ],
    [
      'an unknown category of arXiv',
      200,
      '<rss><channel><title>Feed error for query: cs.XX</title></channel></rss>',
      'reported',
    ],
    ['an error of the server', 500, 'busy', 'status'],
    ['a missing feed', 404, '<rss/>', 'status'],
  ])('%s is an error that says what was expected and what came', async (_, status, body, code) => {
    await using server = await loopback((_asked, response) => response.writeHead(status).end(body));
    await expect(read(`${server.url}/feed`)).rejects.toMatchObject({
      name: 'SourceError',
      code,
      message: expect.stringMatching(/^Expected [\s\S]* (?:got|reports) [\s\S]*\. [A-Z]/),
    });
  });
});
