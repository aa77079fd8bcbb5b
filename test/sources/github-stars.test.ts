import { afterAll, describe, expect, test } from 'vitest';
import { githubStars } from '../../src/sources/github-stars.ts';
import { createHttpClient } from '../../src/sources/http.ts';
import type { CountablePaper, SignalReading, SignalSource } from '../../src/sources/signal-source.ts';
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

const linking = (code?: string, project?: string, id = code ?? project ?? ''): CountablePaper => ({
  id: `url:${id}`,
  links: {
    abstract: 'https://example.org',
    ...(code !== undefined && { code }),
    ...(project !== undefined && { project }),
  },
});
const repositories = (count: number): CountablePaper[] =>
  Array.from({ length: count }, (_, index) => linking(`https://github.com/invented/r${index}`));
const read = (source: SignalSource, papers: readonly CountablePaper[]): Promise<SignalReading> =>
  source.read(papers, { now: 0, signal: new AbortController().signal, http });
const stars = (value: unknown): string =>
  JSON.stringify({ full_name: 'invented/r', stargazers_count: value });

describe('stars', () => {
  test('are those of the repository in the code link, else in the project link, asked for once', async () => {
    await using server = await loopback((_, response, index) => response.end(stars(index)));
    const reading = await read(githubStars({ name: 'gh', baseUrl: `${server.url}/` }), [
      linking('https://github.com/Invented/Repo', undefined, 'a'),
      linking('https://github.com/invented/repo/tree/main', 'https://github.com/other/page', 'b'),
      linking('https://gitlab.com/invented/repo', 'https://github.com/other/page', 'c'),
      linking(undefined, 'https://example.org/page', 'd'),
      linking('https://github.com/only-owner', undefined, 'e'),
      linking('https://github.com/../user', undefined, 'f'),
      linking(undefined, undefined, 'g'),
    ]);
    expect(server.asked.map(({ url }) => url)).toEqual(['/repos/invented/repo', '/repos/other/page']);
    expect(server.asked[0]?.headers).toMatchObject({
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    });
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
    expect(reading).toEqual({
      failures: [],
      counts: [
        { paperId: 'url:a', kind: 'stars', value: 0 },
        { paperId: 'url:b', kind: 'stars', value: 0 },
        { paperId: 'url:c', kind: 'stars', value: 1 },
      ],
    });
  });

  test('are asked for with the token where there is one', async () => {
    await using server = await loopback((_, response) => response.end(stars(1)));
    await read(githubStars({ name: 'gh', baseUrl: server.url, token: 'invented' }), repositories(1));
    expect(server.asked[0]?.headers.authorization).toBe('Bearer invented');
  });

  test('of a repository that was renamed are found behind its redirect', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.url === '/repositories/7') response.end(stars(12));
      else response.writeHead(301, { location: '/repositories/7' }).end('{"message":"Moved Permanently"}');
    });
    expect(await read(githubStars({ name: 'gh', baseUrl: server.url }), repositories(1))).toMatchObject({
      counts: [{ value: 12 }],
      failures: [],
    });
  });

  test.each([
    [404, '{"message":"Not Found"}'],
    [410, ''],
    [451, '{"message":"Repository access blocked","block":{"reason":"dmca"}}'],
    [403, '{"message":"Repository access blocked","block":{"reason":"tos"}}'],
  ])(
    'of a repository that is gone (%i) are no count and no failure, and the next is asked',
    async (status, body) => {
      await using server = await loopback((_, response, index) =>
        index === 0 ? response.writeHead(status).end(body) : response.end(stars(5)),
      );
      const reading = await read(githubStars({ name: 'gh', baseUrl: server.url }), repositories(2));
      expect(reading).toMatchObject({
        failures: [],
        counts: [{ paperId: 'url:https://github.com/invented/r1' }],
      });
    },
  );

  test('that did not change are asked for by their tag and still stand in the reading', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.headers['if-none-match'] === '"a"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"a"' }).end(stars(8));
    });
    const source = githubStars({ name: 'gh', baseUrl: server.url });
    const first = await read(source, repositories(2));
    expect(await read(source, repositories(2))).toEqual(first);
    expect(server.asked.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      '"a"',
      '"a"',
    ]);
    await read(source, []);
    await read(source, repositories(1));
    expect(server.asked.at(-1)?.headers['if-none-match']).toBeUndefined();
  });
});

describe('the limit of requests', () => {
  const used = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800' };

  test('that a good answer uses up ends the reading after it, and says what was left', async () => {
    await using server = await loopback((_, response, index) =>
      response.writeHead(200, index === 1 ? used : { 'x-ratelimit-remaining': '9' }).end(stars(1)),
    );
    const { counts, failures } = await read(
      githubStars({ name: 'gh', baseUrl: server.url }),
      repositories(5),
    );
    expect(server.asked).toHaveLength(2);
    expect(counts).toHaveLength(2);
    expect(failures).toEqual([
      {
        key: '3 of 5 repositories',
        reason: expect.stringMatching(/used up for 1800 s; a token allows more/),
      },
    ]);
  });

  test('that the last answer uses up is no failure', async () => {
    await using server = await loopback((_, response) => response.writeHead(200, used).end(stars(1)));
    expect((await read(githubStars({ name: 'gh', baseUrl: server.url }), repositories(1))).failures).toEqual(
      [],
    );
  });

  test.each([
    ['403', 403, used, '{"message":"API rate limit exceeded"}', '1800 s'],
    ['429', 429, used, '{"message":"API rate limit exceeded"}', '1800 s'],
    ['403 with Retry-After', 403, { 'retry-after': '60' }, '{"message":"secondary rate limit"}', '60 s'],
    ['403 that does not say how long', 403, {}, '{"message":"secondary rate limit"}', 'secondary rate limit'],
    ['403 without a reason', 403, {}, '{}', 'status 403 without a reason'],
    ['a wrong token', 401, {}, '{"message":"Bad credentials"}', 'check the token'],
  ])('%s ends the reading at once, without trying again', async (_, status, headers, body, reason) => {
    await using server = await loopback((_asked, response) => response.writeHead(status, headers).end(body));
    const { counts, failures } = await read(
      githubStars({ name: 'gh', baseUrl: server.url, token: 'invented' }),
      repositories(4),
    );
    expect(server.asked).toHaveLength(1);
    expect(counts).toEqual([]);
    expect(failures).toEqual([{ key: '4 of 4 repositories', reason: expect.stringContaining(reason) }]);
    expect(failures[0]?.reason).not.toContain('invented');
  });

  test('gives every repository its turn over several runs', async () => {
    let left = 0;
    await using server = await loopback((_, response) => {
      left -= 1;
      response.writeHead(200, left === 0 ? used : {}).end(stars(1));
    });
    const source = githubStars({ name: 'gh', baseUrl: server.url });
    for (let run = 0; run < 5; run += 1) {
      left = 2;
      await read(source, repositories(5));
    }
    const turns = server.asked.map(({ url }) => Number(url?.slice(-1)));
    expect(turns).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
  });
});

describe('a wrong answer', () => {
  const wrong: readonly (readonly [string, number, string])[] = [
    ...wrongJsonAnswers.map(([what, body]) => [what, 200, body] as const),
    ['no count', 200, '{"full_name":"invented/r"}'],
    ['a negative count', 200, stars(-1)],
    ['a count as text', 200, stars('12')],
    ['403 with a page', 403, '<html>Forbidden</html>'],
    ['500', 500, ''],
  ];
  test.each(wrong)('%s costs that repository', async (_, status, body) => {
    await using server = await loopback((asked, response) =>
      asked.url?.endsWith('r0') ? response.writeHead(status).end(body) : response.end(stars(5)),
    );
    const reading = await read(githubStars({ name: 'gh', baseUrl: server.url }), repositories(2));
    expect(reading.counts.map(({ paperId }) => paperId)).toEqual(['url:https://github.com/invented/r1']);
    expect(reading.failures).toEqual([{ key: 'invented/r0', reason: expect.stringContaining('Expected') }]);
  });

  test('three times in a row ends the reading', async () => {
    await using server = await loopback((_, response) => response.end('{}'));
    const { failures } = await read(githubStars({ name: 'gh', baseUrl: server.url }), repositories(9));
    expect(server.asked).toHaveLength(3);
    expect(failures.map(({ key }) => key)).toEqual([
      'invented/r0',
      'invented/r1',
      'invented/r2',
      '6 of 9 repositories',
    ]);
  });

  test('of some does not keep the others waiting for ever', async () => {
    await using server = await loopback((asked, response) =>
      /r[012]$/.test(asked.url ?? '') ? response.end('{}') : response.end(stars(5)),
    );
    const source = githubStars({ name: 'gh', baseUrl: server.url });
    await read(source, repositories(6));
    expect((await read(source, repositories(6))).counts).toHaveLength(3);
  });

  test('an abort ends it with its own reason', async () => {
    const controller = new AbortController();
    await using server = await loopback(() => controller.abort(new Error('stopping')));
    const source = githubStars({ name: 'gh', baseUrl: server.url });
    await expect(source.read(repositories(2), { now: 0, signal: controller.signal, http })).rejects.toThrow(
      'stopping',
    );
  });
});
