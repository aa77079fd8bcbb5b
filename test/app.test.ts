import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp } from '../src/app.ts';
import { readSources, type ReadReport } from '../src/pipeline.ts';
import { signalsOf } from '../src/store/signals.ts';
import { house, type House } from './end-to-end/house.ts';
import { arxivFeedText } from './end-to-end/sources-server.ts';
import { item } from './sources/hf-answers.ts';
import { loopback, type Loopback } from './sources/loopback.ts';

/** A Tuesday evening in New York. */
const now = Date.parse('2026-01-14T04:00:00Z');
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/sources/${name}`, import.meta.url));
const recorded = (name: string): string => readFileSync(fixture(name), 'utf8');

const dailyPaper = item({
  id: '2601.07001',
  submittedOnDailyAt: '2026-01-14T00:00:00.000Z',
  githubRepo: 'https://github.com/invented/stars',
});
const preprint = {
  doi: '10.1101/2026.01.12.000001',
  title: 'Counting Quiet Cells',
  authors: 'Invented, A.',
  date: '2026-01-12',
  version: '1',
  category: 'cell biology',
  abstract: 'We count cells that nobody heard of.',
};
const feed = `<rss version="2.0"><channel><title>An Invented Journal</title><link>https://journal.example.org/</link>
<description>Papers.</description><item><title>On Teapots</title><link>https://journal.example.org/teapots</link>
<description>An invented abstract.</description><pubDate>Tue, 13 Jan 2026 08:00:00 GMT</pubDate></item></channel></rss>`;

/** Answers as all of the services do, by path. */
function answer(asked: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://loopback');
  const json = (value: unknown): void => void response.end(JSON.stringify(value));
  const [, first = ''] = pathname.split('/');
  if (pathname === '/api/daily_papers') json(searchParams.get('date') === '2026-01-14' ? [dailyPaper] : []);
  else if (pathname === '/api/papers/search') json([item({ id: '2601.07002' })]);
  else if (pathname === '/api/query') response.end(recorded('arxiv-api.xml'));
  else if (pathname === '/oai') response.end(recorded('arxiv-oai.xml'));
  else if (first === 'rss') {
    response.end(arxivFeedText('2026-01-13', [{ id: '2601.07003', type: 'new', title: 'A paper' }]));
  } else if (first === 'list') response.end(recorded('arxiv-listing-page.html'));
  else if (first === 'details') {
    const collection = pathname.includes('/2026-01-12/') ? [preprint] : [];
    json({ messages: [{ status: collection.length > 0 ? 'ok' : 'no posts found', total: 1 }], collection });
  } else if (pathname === '/journal.xml') response.end(feed);
  else if (pathname === '/graph/v1/paper/batch') {
    let body = '';
    asked.on('data', (part) => (body += String(part)));
    asked.on('end', () => json([...body.matchAll(/"(?:arXiv|DOI):/g)].map(() => ({ citationCount: 3 }))));
  } else if (pathname === '/repos/invented/stars') json({ stargazers_count: 12 });
  else response.writeHead(404).end('{"message":"Not Found"}');
}

let server: Loopback;
let home: House | undefined;

beforeEach(async () => {
  server = await loopback(answer);
});

afterEach(async () => {
  home?.[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

async function read(sources: string, signals?: string): Promise<ReadReport> {
  home = await house({ sources, ...(signals !== undefined && { signals }) });
  await using app = await home.open(now);
  return await readSources(app, { now: () => now, signal: new AbortController().signal });
}

/** What each type needs, and how many entries it has in the answers above. */
const types: readonly (readonly [type: string, keys: string, announced: number])[] = [
  ['hf-daily-papers', '', 1],
  ['hf-paper-search', 'queries: [teapots]', 1],
  ['arxiv-feed', 'categories: [cs.CL]', 1],
  ['arxiv-listing', 'categories: [cs.CL], catchUpDays: 0', 5],
  ['arxiv-api', 'categories: [cs.CL], maxResults: 4', 4],
  ['arxiv-oai', 'categories: [cs.CL], days: 1', 4],
  ['biorxiv', '', 1],
  ['medrxiv', '', 1],
];

const daily = (): string => `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }`;
const citations = (url: string, more = ''): string =>
  `  - { name: citations, type: semantic-scholar, baseUrl: "${url}"${more} }\n`;
const stars = (url: string, more = ''): string =>
  `  - { name: stars, type: github, baseUrl: "${url}"${more} }\n`;

/** What this process holds open there, as Linux tells. */
function filesOpenIn(folder: string): readonly string[] {
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  return open.filter((path) => path.startsWith(folder));
}

describe('a configuration', () => {
  it.each(types)('opens %s, which reads from the address it names', async (type, keys, announced) => {
    const more = keys === '' ? '' : `, ${keys}`;
    const { sources } = await read(`  - { name: one, type: ${type}, baseUrl: "${server.url}/"${more} }`);
    const listings = sources.flatMap((source) => source.listings);
    expect(sources.flatMap((source) => source.failures)).toEqual([]);
    expect(listings.reduce((sum, listing) => sum + listing.announced, 0)).toBe(announced);
  });

  it('opens feed, which reads the address it names', async () => {
    const { sources } = await read(`  - { name: one, type: feed, url: "${server.url}/journal.xml" }`);
    expect(sources).toMatchObject([{ state: 'ok', listings: [{ announced: 1, added: 1 }] }]);
  });

  it.each([
    ['arxiv-mail', 'arxiv-mail.txt', 5],
    ['file', 'papers.bib', undefined],
  ])('opens %s, which reads the files it names', async (type, name, announced) => {
    const { sources } = await read(`  - { name: one, type: ${type}, paths: ["${fixture(name)}"] }`);
    expect(sources).toMatchObject([{ state: 'ok', failures: [], listings: [{}] }]);
    expect(sources[0]?.listings[0]?.announced).toBeGreaterThanOrEqual(announced ?? 1);
  });

  it('opens the signal sources, which are asked after the sources and so count papers of the same reading', async () => {
    const { signals } = await read(daily(), citations(server.url) + stars(server.url));
    expect(signals).toMatchObject([
      { source: 'citations', state: 'ok', counted: 1, stored: 1 },
      { source: 'stars', state: 'ok', counted: 1, stored: 1 },
    ]);
    await using app = await home?.open(now);
    const found = app && (await signalsOf(app.db, ['arxiv:2601.07001'], now));
    expect(found?.get('arxiv:2601.07001')?.map(({ source, kind, value }) => [source, kind, value])).toEqual(
      expect.arrayContaining([
        ['citations', 'citations', 3],
        ['stars', 'stars', 12],
      ]),
    );
  });

  it.skipIf(!existsSync('/proc/self/fd'))('leaves nothing open when a part cannot be opened', async () => {
    home = await house({ sources: daily() });
    const { config } = home;
    const dkim = [
      { domain: 'example.org', selector: 'b', algorithm: 'rsa-sha256', privateKey: 'no key' },
    ] as const;
    const unsigned = { ...config, mail: { ...config.mail, dkim } };
    await expect(openApp(unsigned, { now, clock: Date.now })).rejects.toThrow(/key/i);
    expect(filesOpenIn(config.dataDir)).toEqual([]);
  });

  it('gives each signal source its secret', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'broadsheet-app-'));
    writeFileSync(join(folder, 'key'), 'a-key\n');
    writeFileSync(join(folder, 'token'), 'a-token\n');
    await read(
      daily(),
      citations(server.url, `, apiKeyFile: "${folder}/key"`) +
        stars(server.url, `, tokenFile: "${folder}/token"`),
    );
    rmSync(folder, { recursive: true });
    expect(server.asked.flatMap(({ headers }) => headers['x-api-key'] ?? [])).toEqual(['a-key']);
    expect(server.asked.flatMap(({ headers }) => headers.authorization ?? [])).toEqual(['Bearer a-token']);
  });

  it('goes on when a signal source cannot be read, and reports it', async () => {
    const gone = await loopback(() => undefined);
    await gone[Symbol.asyncDispose]();
    const { sources, signals } = await read(daily(), citations(gone.url) + stars(server.url));
    expect(sources).toMatchObject([{ state: 'ok' }]);
    expect(signals).toMatchObject([
      {
        source: 'citations',
        state: 'failed',
        failures: [{ reason: expect.stringContaining('ECONNREFUSED') }],
      },
      { source: 'stars', state: 'ok' },
    ]);
  });
});
