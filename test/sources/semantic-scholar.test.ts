import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient } from '../../src/sources/http.ts';
import { semanticScholar } from '../../src/sources/semantic-scholar.ts';
import type { CountablePaper, SignalReading } from '../../src/sources/signal-source.ts';
import { loopback } from './loopback.ts';
import { wrongJsonAnswers } from './wrong-answers.ts';

const http = createHttpClient({
  userAgent: 'test',
  allowedHosts: ['127.0.0.1'],
  timeoutMs: 5000,
  maxBytes: 1_000_000,
  retryDelayMs: 1,
});
afterAll(() => http[Symbol.asyncDispose]());

const paper = (id: string, doi?: string): CountablePaper => ({
  id,
  links: { abstract: 'https://example.org' },
  ...(doi !== undefined && { doi }),
});
const papers = (count: number): CountablePaper[] =>
  Array.from({ length: count }, (_, index) => paper(`arxiv:2601.${10_000 + index}`));
const read = (
  baseUrl: string,
  asked: readonly CountablePaper[],
  { apiKey, client = http }: { apiKey?: string; client?: HttpClient } = {},
): Promise<SignalReading> =>
  semanticScholar({ name: 's2', baseUrl, ...(apiKey !== undefined && { apiKey }) }).read(asked, {
    now: 0,
    signal: new AbortController().signal,
    http: client,
  });

/** Answers as the API does, each id by what `known` says of it; keeps the ids of every request. */
const api =
  (known: (id: string) => unknown, batches: string[][] = []) =>
  async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { ids } = (await json(asked)) as { ids: string[] };
    batches.push(ids);
    response.end(JSON.stringify(ids.map(known)));
  };
const answering = (handle: ReturnType<typeof api>) =>
  loopback((asked, response) => void handle(asked, response));

describe('citations', () => {
  test('are asked for by arXiv id, else by DOI, and stand with our own ids', async () => {
    const batches: string[][] = [];
    await using server = await answering(
      api((id) => ({ paperId: 'x', citationCount: id.length, externalIds: null }), batches),
    );
    const reading = await read(`${server.url}/`, [
      paper('arxiv:2601.01234', '10.1234/journal'),
      paper('arxiv:astro-ph/0601001'),
      paper('doi:10.1101/2026.01.07'),
      paper('url:00112233445566778899aabbccddeeff', '10.1234/ABC'),
      paper('url:ffeeddccbbaa99887766554433221100'),
      paper('url:0f', 'not a doi'),
    ]);
    expect(batches).toEqual([
      ['arXiv:2601.01234', 'arXiv:astro-ph/0601001', 'DOI:10.1101/2026.01.07', 'DOI:10.1234/abc'],
    ]);
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /graph/v1/paper/batch?fields=citationCount,externalIds',
    ]);
    expect(server.asked[0]?.headers['x-api-key']).toBeUndefined();
    expect(reading).toEqual({
      failures: [],
      counts: [
        { paperId: 'arxiv:2601.01234', kind: 'citations', value: 16 },
        { paperId: 'arxiv:astro-ph/0601001', kind: 'citations', value: 22 },
        { paperId: 'doi:10.1101/2026.01.07', kind: 'citations', value: 22 },
        { paperId: 'url:00112233445566778899aabbccddeeff', kind: 'citations', value: 15 },
      ],
    });
  });

  test('carry the key where there is one', async () => {
    await using server = await answering(api(() => null));
    await read(server.url, papers(1), { apiKey: 'invented' });
    expect(server.asked[0]?.headers['x-api-key']).toBe('invented');
  });

  test('of none to ask for cost no request', async () => {
    await using server = await answering(api(() => null));
    expect(await read(server.url, [paper('url:00')])).toEqual({ counts: [], failures: [] });
    expect(server.asked).toHaveLength(0);
  });

  test.each([
    [500, [500]],
    [501, [500, 1]],
    [1203, [500, 500, 203]],
  ])('of %i papers are asked for in batches of %j', async (count, sizes) => {
    const batches: string[][] = [];
    await using server = await answering(api((id) => ({ citationCount: Number(id.slice(-4)) }), batches));
    const { counts } = await read(server.url, papers(count));
    expect(batches.map((batch) => batch.length)).toEqual(sizes);
    expect(counts).toHaveLength(count);
    expect(counts.every(({ paperId, value }) => Number(paperId.slice(-4)) === value)).toBe(true);
  });

  test('of one DOI are those of every paper that has it', async () => {
    const batches: string[][] = [];
    await using server = await answering(api(() => ({ citationCount: 3 }), batches));
    const { counts } = await read(server.url, [
      paper('doi:10.1/a'),
      paper('doi:10.1234/a'),
      paper('url:0', '10.1234/A'),
    ]);
    expect(batches).toEqual([['DOI:10.1234/a']]);
    expect(counts.map(({ paperId }) => paperId)).toEqual(['doi:10.1234/a', 'url:0']);
  });

  test.each([
    ['null, unknown there', null, [], 0],
    ['zero, which is a count', { citationCount: 0 }, [0], 0],
    ['no count', { paperId: 'x' }, [], 0],
    ['a count of null', { citationCount: null }, [], 0],
    ['a negative count', { citationCount: -1 }, [], 0],
    ['a broken count', { citationCount: 1.5 }, [], 0],
    ['the same paper', { citationCount: 2, externalIds: { ArXiv: '2601.10000', DOI: '10.1/x' } }, [2], 0],
    ['another paper', { citationCount: 2, externalIds: { ArXiv: '1706.00001' } }, [], 1],
    ['a text', 'soon', [], 1],
    ['an array', [], [], 1],
  ])('of an entry that is %s', async (_, entry, values, failed) => {
    await using server = await answering(api(() => entry));
    const { counts, failures } = await read(server.url, papers(1));
    expect(counts.map(({ value }) => value)).toEqual(values);
    expect(failures).toHaveLength(failed);
  });

  test('of an old paper come with its class or without', async () => {
    await using server = await answering(
      api(() => ({ citationCount: 4, externalIds: { ArXiv: 'math/0601001' } })),
    );
    expect(await read(server.url, [paper('arxiv:math.AG/0601001')])).toMatchObject({
      counts: [{ value: 4 }],
    });
  });

  test('of a preprint that was published since are those of the answer, whatever its DOI', async () => {
    await using server = await answering(
      api(() => ({ citationCount: 4, externalIds: { DOI: '10.1234/journal' } })),
    );
    expect(await read(server.url, [paper('doi:10.1101/a')])).toMatchObject({ counts: [{ value: 4 }] });
  });
});

describe('an answer that is no answer', () => {
  test('400 because none of the papers is known yet is no failure', async () => {
    await using server = await loopback((_, response) =>
      response.writeHead(400).end('{"error":"No valid paper ids given"}'),
    );
    expect(await read(server.url, papers(3))).toEqual({ counts: [], failures: [] });
  });

  const wrong: readonly (readonly [string, number, string])[] = [
    ...wrongJsonAnswers.map(([what, body]) => [what, 200, body] as const),
    ['an error inside a 200', 200, '{"message":"Too Many Requests","code":"429"}'],
    ['too few entries', 200, '[null]'],
    ['400 for another reason', 400, '{"error":"Unrecognized fields"}'],
    ['400 with a page', 400, '<html>Bad request</html>'],
    ['403 for a wrong key', 403, '{"message":"Forbidden"}'],
    ['429 without Retry-After', 429, '{"message":"Too Many Requests"}'],
    ['500', 500, ''],
  ];
  test.each(wrong)('%s is a failure with the reason, and no count', async (_, status, body) => {
    await using server = await loopback((_asked, response) => response.writeHead(status).end(body));
    const { counts, failures } = await read(server.url, papers(3));
    expect(counts).toEqual([]);
    expect(failures).toEqual([{ key: 'papers 1 to 3', reason: expect.stringContaining('Expected') }]);
  });

  test('429 is tried again, and only then a failure', async () => {
    const handle = api(() => ({ citationCount: 1 }));
    await using server = await loopback((asked, response, index) => {
      if (index < 2) response.writeHead(429).end();
      else void handle(asked, response);
    });
    expect((await read(server.url, papers(1))).counts).toHaveLength(1);
  });

  test('one batch that fails costs that batch', async () => {
    const handle = api(() => ({ citationCount: 1 }));
    await using server = await loopback((asked, response, index) => {
      if (index === 0) response.writeHead(404).end();
      else void handle(asked, response);
    });
    const { counts, failures } = await read(server.url, papers(1200));
    expect(counts).toHaveLength(700);
    expect(failures.map(({ key }) => key)).toEqual(['papers 1 to 500']);
  });

  test('two in a row end the reading, and what was not asked is said', async () => {
    await using server = await loopback((_, response) => response.writeHead(404).end());
    const { failures } = await read(server.url, papers(2000));
    expect(server.asked).toHaveLength(2);
    expect(failures.map(({ key }) => key)).toEqual([
      'papers 1 to 500',
      'papers 501 to 1000',
      'papers 1001 to 2000',
    ]);
  });

  test('now and then do not end it', async () => {
    const handle = api(() => ({ citationCount: 1 }));
    await using server = await loopback((asked, response, index) => {
      if (index % 2 === 0) response.writeHead(404).end();
      else void handle(asked, response);
    });
    const { counts, failures } = await read(server.url, papers(2400));
    expect(counts).toHaveLength(1000);
    expect(failures).toHaveLength(3);
  });

  test('an abort ends it with its own reason', async () => {
    const controller = new AbortController();
    await using server = await loopback(() => controller.abort(new Error('stopping')));
    const source = semanticScholar({ name: 's2', baseUrl: server.url });
    await expect(source.read(papers(2), { now: 0, signal: controller.signal, http })).rejects.toThrow(
      'stopping',
    );
  });
});

test.each([
  ['https://api.semanticscholar.org', { group: 'semanticscholar.org', minIntervalMs: 1100 }],
  ['https://notsemanticscholar.org', undefined],
])('%s is asked at the pace %j', async (baseUrl, expected) => {
  const paces: unknown[] = [];
  const noting: HttpClient = {
    get: async (url, request) => {
      paces.push(request.pace);
      return { state: 'ok', status: 200, url, validators: {}, body: Buffer.from('[null]') };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  await read(baseUrl, papers(1), { client: noting });
  expect(paces).toEqual([expected]);
});
