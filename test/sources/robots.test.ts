import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { createHttpClient, type HttpClientOptions, type HttpRequest } from '../../src/sources/http.ts';
import { createRobots, type RobotsReader } from '../../src/sources/robots.ts';
import { loopback, type Loopback } from './loopback.ts';

const request: HttpRequest = {
  accept: 'text/plain',
  signal: new AbortController().signal,
  obeysRobots: true,
};

const client = (more: Partial<HttpClientOptions> = {}): ReturnType<typeof createHttpClient> =>
  createHttpClient({
    userAgent: 'Broadsheet/0.1',
    allowedHosts: ['127.0.0.1'],
    timeoutMs: 5000,
    maxBytes: 2_000_000,
    retryDelayMs: 1,
    ...more,
  });

/** A host with this robots.txt, which answers everything else with `page`. */
const host = (robots: string | Buffer, status = 200, headers = {}): Promise<Loopback> =>
  loopback((asked, response) => {
    if (asked.url === '/robots.txt') response.writeHead(status, headers).end(robots);
    else response.end('page');
  }, true);

const paths = (server: Loopback): (string | undefined)[] => server.asked.map(({ url }) => url);

describe('a host with a robots.txt', () => {
  test.each([
    ['nothing said', '', '/a', true],
    ['everything forbidden', 'User-agent: *\nDisallow: /', '/a', false],
    ['another path forbidden', 'User-agent: *\nDisallow: /b', '/a', true],
    ['an empty rule', 'User-agent: *\nDisallow:', '/a', true],
    ['another program meant', 'User-agent: OtherBot\nDisallow: /', '/a', true],
    ['we alone meant', 'User-agent: broadsheet\nDisallow: /\n\nUser-agent: *\nAllow: /', '/a', false],
    ['we excepted', 'User-agent: *\nDisallow: /\n\nUser-agent: BROADSHEET\nDisallow: /b', '/a', true],
    [
      'two groups of ours',
      'User-agent: Broadsheet\nDisallow: /a\nUser-agent: x\nUser-agent: Broadsheet\nDisallow: /b',
      '/b',
      false,
    ],
    ['a longer rule that allows', 'User-agent: *\nDisallow: /a\nAllow: /a/feed', '/a/feed.xml', true],
    ['a longer rule that forbids', 'User-agent: *\nAllow: /a\nDisallow: /a/feed', '/a/feed.xml', false],
    ['rules of one length', 'User-agent: *\nDisallow: /a\nAllow: /a', '/a', true],
    ['any characters between', 'User-agent: *\nDisallow: /*/private', '/x/private/1', false],
    ['the end', 'User-agent: *\nDisallow: /*.xml$', '/feed.xml', false],
    ['more after the end', 'User-agent: *\nDisallow: /*.xml$', '/feed.xml?page=2', true],
    ['a query', 'User-agent: *\nDisallow: /*?show=', '/list?show=50', false],
    ['letters written as octets', 'User-agent: *\nDisallow: /%66eed', '/feed', false],
    ['octets written as letters', 'User-agent: *\nDisallow: /feed', '/%66%65ed', false],
    ['a slash as an octet', 'User-agent: *\nDisallow: /a%2fb', '/a%2Fb', false],
    ['a slash that is none', 'User-agent: *\nDisallow: /a%2Fb', '/a/b', true],
    ['other scripts', 'User-agent: *\nDisallow: /ü', '/%C3%BC', false],
    ['remarks and other line ends', '# hello\r\nUser-agent: * # all\r\nDisallow: /a # no', '/a', false],
    ['a mark at the start', '\uFEFFUser-agent: *\nDisallow: /a', '/a', false],
    ['a page instead of rules', '<!DOCTYPE html><p>Not found: Disallow', '/a', true],
  ])('%s: %j of %s is %s', async (_, robots, path, isAllowed) => {
    await using server = await host(robots);
    await using http = client();
    const asked = http.get(`${server.url}${path}`, request);
    if (isAllowed) expect(await asked).toMatchObject({ state: 'ok' });
    else await expect(asked).rejects.toBeInstanceOf(SourceError);
    expect(paths(server)).toEqual(['/robots.txt', ...(isAllowed ? [path] : [])]);
  });

  test('tells what it forbids, where, and what to do', async () => {
    await using server = await host('User-agent: *\nDisallow: /a');
    await using http = client();
    await expect(http.get(`${server.url}/a`, request)).rejects.toMatchObject({
      code: 'reported',
      message: `Expected to be allowed to read ${server.url}/a; line 2 of ${server.url}/robots.txt forbids it to Broadsheet. Ask its operator, or take the source out of the configuration.`,
    });
  });

  test('is asked for it once, and not at all for what is made for programs', async () => {
    await using server = await host('User-agent: *\nDisallow: /api');
    await using http = client();
    const { obeysRobots: _robots, ...api } = request;
    await http.get(`${server.url}/api`, api);
    await http.get(`${server.url}/a`, request);
    await http.get(`${server.url}/b`, request);
    expect(paths(server)).toEqual(['/api', '/robots.txt', '/a', '/b']);
  });

  test('is asked for it once by requests at the same time', async () => {
    await using server = await host('User-agent: *\nDisallow:');
    await using http = client();
    await Promise.all(['/a', '/b', '/c'].map((path) => http.get(`${server.url}${path}`, request)));
    expect(paths(server).filter((path) => path === '/robots.txt')).toHaveLength(1);
  });

  test('is obeyed behind a redirect too', async () => {
    await using inner = await host('User-agent: *\nDisallow: /secret');
    await using server = await loopback((asked, response) => {
      response.writeHead(302, { location: `${inner.url}/secret` }).end(asked.url);
    });
    await using http = client();
    await expect(http.get(server.url, request)).rejects.toMatchObject({ code: 'reported' });
    expect(paths(inner)).toEqual(['/robots.txt']);
  });

  test('is read up to 500 kibibytes, and found behind five redirects', async () => {
    const filler = `# ${'x'.repeat(97)}\n`.repeat(5120);
    const robots = `User-agent: *\nDisallow: /a\n${filler}\nDisallow: /b\n`;
    await using server = await loopback((asked, response) => {
      const hops = Number(/^\/robots(\d)?\.txt$/.exec(asked.url ?? '')?.[1] ?? 0);
      if (!asked.url?.startsWith('/robots')) response.end('page');
      else if (hops < 5) response.writeHead(302, { location: `/robots${hops + 1}.txt` }).end();
      else response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(robots));
    }, true);
    await using http = client();
    await expect(http.get(`${server.url}/a`, request)).rejects.toMatchObject({ code: 'reported' });
    expect(await http.get(`${server.url}/b`, request)).toMatchObject({ state: 'ok' });
  });

  test('that asks for a delay gets it beside the pace of the source, 30 s at most', async () => {
    await using slow = await host('User-agent: *\nCrawl-delay: 15');
    await using slower = await host('User-agent: *\nCrawl-delay: 3600');
    const turns: [string, number][] = [];
    const paceKeeper = {
      take: async ({ group, minIntervalMs }: { group: string; minIntervalMs: number }) => {
        turns.push([group, minIntervalMs]);
        return 0;
      },
      release: async () => undefined,
    };
    await using http = client({ paceKeeper });
    const pace = { group: 'example.org', minIntervalMs: 1 };
    await http.get(`${slow.url}/a`, { ...request, pace });
    await http.get(`${slower.url}/a`, request);
    expect(turns).toEqual([
      ['example.org', 1],
      [`robots ${slow.url}`, 15_000],
      ['example.org', 1],
      [`robots ${slower.url}`, 30_000],
    ]);
  });
});

describe('a host without rules that can be read', () => {
  test.each([400, 401, 403, 404, 410])(
    'allows everything when it answers %i, and nobody is told',
    async (status) => {
      const notices: string[] = [];
      await using server = await host('User-agent: *\nDisallow: /', status);
      await using http = client({ onNotice: (text) => notices.push(text) });
      expect(await http.get(`${server.url}/a`, request)).toMatchObject({ state: 'ok' });
      expect(notices).toEqual([]);
    },
  );

  test.each([429, 500, 503])(
    'allows everything when it answers %i, and the operator is told once',
    async (status) => {
      const notices: string[] = [];
      await using server = await host('busy', status);
      await using http = client({ onNotice: (text) => notices.push(text) });
      await http.get(`${server.url}/a`, request);
      await http.get(`${server.url}/b`, request);
      expect(paths(server)).toEqual(['/robots.txt', '/a', '/b']);
      expect(notices).toEqual([
        expect.stringMatching(
          /robots\.txt could not be read, everything is taken as allowed: .*got \d{3}: "busy"/,
        ),
      ]);
    },
  );

  test('allows everything when the connection closes', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.url === '/robots.txt') asked.socket.destroy();
      else response.end('page');
    }, true);
    await using http = client();
    expect(await http.get(`${server.url}/a`, request)).toMatchObject({ state: 'ok' });
  });

  test('is no reason to go on when we are to stop', async () => {
    const controller = new AbortController();
    await using server = await loopback(() => controller.abort(new Error('stopping')), true);
    await using http = client();
    await expect(http.get(`${server.url}/a`, { ...request, signal: controller.signal })).rejects.toThrow(
      'stopping',
    );
  });
});

describe('rules that are known', () => {
  const url = new URL('https://papers.example.org/a');
  const forbidding = { status: 200, body: new TextEncoder().encode('User-agent: *\nDisallow: /') };
  const hour = 3_600_000;

  test('are read again after a day, and stay in force while they cannot be', async () => {
    let elapsed = 0;
    const notices: string[] = [];
    const robots = createRobots(
      'Broadsheet',
      () => elapsed,
      (text) => notices.push(text),
    );
    const reads: number[] = [];
    const answering: RobotsReader = async () => {
      reads.push(elapsed / hour);
      if (elapsed === 24 * hour) throw new SourceError('timeout', 'too slow');
      return elapsed < 25 * hour ? forbidding : { status: 404, body: new Uint8Array() };
    };
    const isAllowed = (): Promise<boolean> =>
      robots.admit(url, answering).then(
        () => true,
        () => false,
      );
    const allowed: boolean[] = [];
    for (const hours of [0, 23, 24, 24.5, 25]) {
      elapsed = hours * hour;
      allowed.push(await isAllowed());
    }
    expect(allowed).toEqual([false, false, false, false, true]);
    expect(reads).toEqual([0, 24, 25]);
    expect(notices).toEqual([expect.stringContaining('its rules of before stay in force: too slow')]);
  });
});
