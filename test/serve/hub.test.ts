import type { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { Site } from '../../src/domain/site.ts';
import { createLogger } from '../../src/log.ts';
import { createWebApp } from '../../src/serve/app.ts';
import { hubRoutes } from '../../src/serve/hub.ts';
import { startServer } from '../../src/serve/server.ts';
import { openSite } from './over-sockets.ts';
import { baseUrl, hubHouse, rssTopic, type HubHouse } from '../websub/hub-house.ts';
import { subscriberServer } from '../websub/subscriber-server.ts';

const site: Site = {
  title: 'Paper',
  description: '',
  baseUrl,
  hubUrl: `${baseUrl}hub`,
  tagAuthority: 'papers.example.org,2026',
  language: 'en',
  topics: [],
  isSample: false,
};

function webApp(house: HubHouse): Hono {
  const { accept, worker } = house.hub;
  if (!accept) throw new Error('expected the own hub');
  return createWebApp({
    publishedDir: house.publishedDir,
    site,
    hub: hubRoutes({ accept, onAccepted: worker.wake }),
    maxAgeSeconds: () => 900,
    latestEditionAt: async () => undefined,
    now: house.clock,
    log: createLogger('silent'),
  });
}

const form = (fields: Readonly<Record<string, string>>) => ({
  method: 'POST',
  body: new URLSearchParams(fields),
});

const good = {
  'hub.mode': 'subscribe',
  'hub.callback': 'https://reader.example.org/in',
  'hub.topic': rssTopic,
};

describe('the address of the hub', () => {
  it('takes a subscription over HTTP, and the subscriber gets the feed when it changes', async () => {
    await using server = await subscriberServer();
    await using house = await hubHouse();
    await house.publish({ 'feeds/all.xml': '<rss>one</rss>' });
    const stop = new AbortController();
    const web = await startServer({ app: webApp(house), host: '127.0.0.1', port: 0, signal: stop.signal });
    const asked = await fetch(
      `${web.url}daily/hub`,
      form({ ...good, 'hub.callback': server.url('/in'), 'hub.secret': 'hush' }),
    );
    stop.abort();
    await web.closed;
    expect(asked.status).toBe(202);
    expect(await house.work()).toEqual({ subscribed: 1 });
    await house.publish({ 'feeds/all.xml': '<rss>two</rss>' });
    expect(await house.work()).toEqual({ delivered: 1 });
    expect(server.posts()[0]?.body.toString()).toBe('<rss>two</rss>');
    expect(server.posts()[0]?.headers['x-hub-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
  });

  it('answers a refusal with its status and one plain sentence', async () => {
    await using house = await hubHouse();
    await house.publish({ 'feeds/all.xml': '<rss/>' });
    const app = webApp(house);
    const refused = async (fields: Readonly<Record<string, string>>) => {
      const answer = await app.request('/daily/hub', form({ ...good, ...fields }));
      return [answer.status, answer.headers.get('Content-Type'), await answer.text()];
    };
    const text = expect.stringMatching(/^text\/plain/);
    expect(await refused({ 'hub.topic': 'https://elsewhere.example.org/' })).toEqual([
      404,
      text,
      'This hub has no feed at that hub.topic. Use the address that the feed gives as its own (rel="self").\n',
    ]);
    expect(await refused({ 'hub.callback': 'http://10.1.2.3/' })).toEqual([
      400,
      text,
      'Expected hub.callback to be a public address; 10.1.2.3 is private.\n',
    ]);
    expect(await refused({ 'hub.secret': 'x'.repeat(200) })).toEqual([
      400,
      text,
      'Expected hub.secret to be less than 200 bytes long; it has 200.\n',
    ]);
    expect((await refused({ 'hub.mode': '<script>' }))[0]).toBe(400);
  });

  it('reads forms of 16 kB only, and no other type', async () => {
    await using house = await hubHouse();
    const app = webApp(house);
    const long = await app.request('/daily/hub', form({ ...good, more: 'x'.repeat(17_000) }));
    expect(long.status).toBe(413);
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(4000))),
    });
    const endless = await app.request(
      new Request('http://localhost/daily/hub', {
        method: 'POST',
        body,
        duplex: 'half',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
    );
    expect(endless.status).toBe(413);
    const json = await app.request('/daily/hub', {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(json.status).toBe(415);
  });

  it('changes nothing by GET, and says what it is', async () => {
    await using house = await hubHouse();
    await house.publish({ 'feeds/all.xml': '<rss/>' });
    const query = new URLSearchParams(good).toString();
    const answer = await webApp(house).request(`/daily/hub?${query}`);
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST']);
    expect(await answer.text()).toContain('WebSub');
    expect(await house.db.selectFrom('hub_messages').select('id').execute()).toEqual([]);
  });

  it('stands in the Link header of every feed beside its own address', async () => {
    await using house = await hubHouse();
    await house.publish({
      'feeds/all.xml': '<rss/>',
      'feeds/all.atom.xml': '<feed/>',
      'feeds/all.json': '{}',
    });
    const app = webApp(house);
    for (const path of ['feeds/all.xml', 'feeds/all.atom.xml', 'feeds/all.json']) {
      const answer = await app.request(`/daily/${path}`);
      const links = (answer.headers.get('Link') ?? '').split(', ').toSorted();
      expect(links).toEqual([`<${baseUrl}${path}>; rel="self"`, `<${baseUrl}hub>; rel="hub"`].toSorted());
    }
    expect((await app.request('/daily/')).headers.has('Link')).toBe(false);
  });
});

describe('a client that asks the hub too much', () => {
  it('is refused before its request is looked at', async () => {
    await using house = await hubHouse();
    const { accept } = house.hub;
    if (!accept) throw new Error('expected the own hub');
    let looked = 0;
    const counting = async (fields: URLSearchParams) => {
      looked += 1;
      return await accept(fields);
    };
    await using open = await openSite({
      baseUrl,
      hub: hubRoutes({ accept: counting, onAccepted: () => undefined }),
      requestsPerMinute: 10,
      trustedProxies: ['127.0.0.1'],
    });
    const body = 'hub.mode=subscribe';
    const statuses: number[] = [];
    for (let count = 0; count < 15; count += 1) {
      const { status } = await open.raw(
        [
          'POST /daily/hub HTTP/1.1',
          'Host: localhost',
          'Connection: close',
          'X-Forwarded-For: 198.51.99.7',
          'Content-Type: application/x-www-form-urlencoded',
          `Content-Length: ${body.length}`,
          '',
          body,
        ].join('\r\n'),
      );
      statuses.push(status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect(looked).toBe(10);
  });
});
