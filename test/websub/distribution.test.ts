import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { claimMessage } from '../../src/store/hub-messages.ts';
import { topicAt } from '../../src/store/hub-topics.ts';
import { hubRetryMs } from '../../src/websub/back-off.ts';
import { documentHash } from '../../src/websub/announce.ts';
import { baseUrl, hubHouse, rssTopic, type HubHouse, type HubHouseOptions } from './hub-house.ts';
import { subscriberServer, willing, type SubscriberServer } from './subscriber-server.ts';

const feeds = { 'feeds/all.xml': '<rss>one</rss>', 'feeds/all.json': '{"one":1}' };
const changed = { ...feeds, 'feeds/all.xml': '<rss>zwei £ 二</rss>' };

async function subscribed(
  server: SubscriberServer,
  callbacks: readonly string[],
  options: HubHouseOptions & { readonly secret?: string; readonly topic?: string } = {},
): Promise<HubHouse> {
  const house = await hubHouse(options);
  await house.publish(feeds);
  for (const callback of callbacks) {
    await house.ask({
      'hub.mode': 'subscribe',
      'hub.callback': callback,
      'hub.topic': options.topic ?? rssTopic,
      'hub.secret': options.secret ?? '',
    });
  }
  const { manners } = server;
  server.manners = willing;
  expect(await house.work()).toEqual({ subscribed: callbacks.length });
  server.manners = manners;
  return house;
}

async function waiting(house: HubHouse) {
  return await house.db.selectFrom('hub_messages').select(['lane', 'attempts', 'lease_owner']).execute();
}

describe('a changed feed', () => {
  it('is sent whole, with its type, its links and a signature that verifies', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')], { secret: 'a sécret' });
    await house.publish(changed);
    expect(await house.work()).toEqual({ delivered: 1 });
    const [post] = server.posts();
    expect(post?.path).toBe('/in');
    expect(post?.body.toString()).toBe('<rss>zwei £ 二</rss>');
    expect(post?.headers).toMatchObject({
      'content-type': 'application/rss+xml; charset=utf-8',
      link: `<${baseUrl}hub>; rel="hub", <${rssTopic}>; rel="self"`,
      'x-hub-signature': `sha256=${createHmac('sha256', 'a sécret')
        .update(post?.body ?? '')
        .digest('hex')}`,
    });
  });

  it('carries no signature for who gave no secret, and goes to nobody else', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/json')], {
      topic: `${baseUrl}feeds/all.json`,
    });
    await house.publish(changed);
    expect(await house.work()).toEqual({});
    await house.publish({ ...changed, 'feeds/all.json': '{"two":2}' });
    expect(await house.work()).toEqual({ delivered: 1 });
    const [post] = server.posts();
    expect(post?.headers).toMatchObject({ 'content-type': 'application/feed+json; charset=utf-8' });
    expect(post?.headers).not.toHaveProperty('x-hub-signature');
  });

  it('is sent once: a publication with nothing new sends nothing', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    expect(await house.publish(changed)).toBe(1);
    expect(await house.work()).toEqual({ delivered: 1 });
    expect(await house.publish(changed)).toBe(0);
    expect(await house.work()).toEqual({});
    await house.restart();
    expect(await house.publish(changed)).toBe(0);
    expect(await house.work()).toEqual({});
  });

  it('is announced as it stands when it is noted, however long that had to wait', async () => {
    await using house = await hubHouse();
    await house.publish(feeds);
    const others = Promise.withResolvers<void>();
    const holding = house.db.transaction().execute(() => others.promise);
    await house.publishOnly({ ...feeds, 'feeds/all.xml': '<rss>old</rss>' });
    const slow = house.hub.announce();
    await house.publishOnly(changed);
    others.resolve();
    await holding;
    expect(await slow).toEqual({ state: 'announced', changed: 1 });
    expect((await topicAt(house.db, rssTopic))?.contentHash).toBe(
      documentHash(Buffer.from(changed['feeds/all.xml'])),
    );
  });

  it('that changes again before it was sent is sent once, as it stands then', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    await house.publish({ ...feeds, 'feeds/all.xml': '<rss>three</rss>' });
    expect(await house.work()).toEqual({ delivered: 1 });
    expect(server.posts().map(({ body }) => body.toString())).toEqual(['<rss>three</rss>']);
  });

  it('that changes while it is on its way is sent again', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    let again: Promise<number> | undefined;
    server.manners = async () => {
      await (again ??= house.publish({ ...feeds, 'feeds/all.xml': '<rss>three</rss>' }));
      return { status: 200 };
    };
    expect(await house.work()).toEqual({ delivered: 2 });
    expect(server.posts().map(({ body }) => body.toString())).toEqual([
      '<rss>zwei £ 二</rss>',
      '<rss>three</rss>',
    ]);
  });

  it('that was sent as it stood already is not sent again when that is announced', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    const newest = { ...feeds, 'feeds/all.xml': '<rss>three</rss>' };
    await house.publishOnly(newest);
    expect(await house.work()).toEqual({ delivered: 1 });
    expect(await house.publish(newest)).toBe(1);
    expect(await house.work()).toEqual({ 'nothing to tell': 1 });
    expect(server.posts().map(({ body }) => body.toString())).toEqual(['<rss>three</rss>']);
  });

  it('of a process that died before it told anybody is announced by the next publication', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publishOnly(changed);
    await house.restart();
    expect(await house.publish(changed)).toBe(1);
    expect(await house.work()).toEqual({ delivered: 1 });
  });

  it('goes to each subscriber once, whichever of two workers sends it', async () => {
    await using server = await subscriberServer();
    const callbacks = Array.from({ length: 12 }, (_, n) => server.url(`/in/${n}`, `127.0.0.${(n % 3) + 1}`));
    await using house = await subscribed(server, callbacks);
    await house.publish(changed);
    const [one, other] = await Promise.all([house.work(), house.work()]);
    expect((one.delivered ?? 0) + (other.delivered ?? 0)).toBe(12);
    expect(new Set(server.posts().map(({ path }) => path)).size).toBe(12);
    expect(server.posts()).toHaveLength(12);
  });
});

describe('a subscriber', () => {
  it('that answers 410 is subscribed no more', async () => {
    await using server = await subscriberServer(({ method }) =>
      method === 'POST' ? { status: 410 } : undefined,
    );
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    expect(await house.work()).toEqual({ gone: 1 });
    expect(await house.db.selectFrom('hub_subscriptions').select('callback').execute()).toEqual([]);
    expect(await waiting(house)).toEqual([]);
    await house.publish(feeds);
    expect(await house.work()).toEqual({});
  });

  it.each([500, 404, 302, 304, 429])('that answers %d gets it again later', async (status) => {
    await using server = await subscriberServer(() => ({ status }));
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    expect(await house.work()).toEqual({ later: 1 });
    expect(await house.work()).toEqual({});
    server.manners = willing;
    house.later(2 * minuteMs);
    await house.restart();
    expect(await house.work()).toEqual({ delivered: 1 });
    expect(server.posts('/in')).toHaveLength(2);
    expect(server.posts('/elsewhere')).toEqual([]);
  });

  it('that never takes it is given up after ten tries, and stays subscribed', async () => {
    await using server = await subscriberServer(() => ({ status: 503 }));
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    for (let tried = 1; tried < 10; tried += 1) {
      expect(await house.work()).toEqual({ later: 1 });
      house.later(8 * hourMs);
    }
    expect(await house.work()).toEqual({ 'given up': 1 });
    expect(await waiting(house)).toEqual([]);
    server.manners = willing;
    await house.publish({ ...feeds, 'feeds/all.xml': '<rss>three</rss>' });
    expect(await house.work()).toEqual({ delivered: 1 });
  });

  it('that never answers does not hold the others, nor those who come meanwhile', async () => {
    await using server = await subscriberServer();
    const dead = Array.from({ length: 6 }, (_, n) => server.url(`/dead/${n}`));
    const alive = server.url('/alive', '127.0.0.2');
    await using house = await subscribed(server, [...dead, alive], { timeoutMs: 60_000, stopMs: 50 });
    server.manners = (received) => (received.path === '/alive' ? willing(received) : undefined);
    await house.publish(changed);
    const stop = new AbortController();
    const working = house.work(stop.signal);
    while (server.posts('/alive').length === 0) await server.next();

    // Nobody else answers: who comes now is asked because the worker was woken.
    for (const path of ['/new/1', '/new/2']) {
      await house.ask({
        'hub.mode': 'subscribe',
        'hub.callback': server.url(path, '127.0.0.3'),
        'hub.topic': rssTopic,
      });
      house.hub.worker.wake();
      await server.arrival(path);
    }
    expect(server.posts().filter(({ path }) => path.startsWith('/dead'))).toHaveLength(2);
    stop.abort();
    expect(await working).toEqual({ delivered: 1, stopped: 4 });
  });

  it('whose host may no longer be private gets nothing', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.restart({ allowHosts: [] });
    await house.publish(changed);
    expect(await house.work()).toEqual({ later: 1 });
    expect(server.posts()).toEqual([]);
  });
});

describe('work that was broken off', () => {
  it('between the claim and the post is done once when the lease has run out', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    const now = house.clock();
    const claim = {
      owner: 'dead',
      lanes: ['content'],
      busyHosts: [],
      now,
      leaseUntil: now + minuteMs,
    } as const;
    expect(await claimMessage(house.db, claim)).toMatchObject({ kind: 'content', attempts: 1 });
    await house.restart();
    expect(await house.work()).toEqual({});
    house.later(minuteMs);
    expect(await house.work()).toEqual({ delivered: 1 });
    house.later(minuteMs);
    expect(await house.work()).toEqual({});
    expect(server.posts()).toHaveLength(1);
  });

  it('by a kill in the middle of the post is done once more, and no more than that', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    server.manners = () => undefined;
    const child = spawn(
      process.execPath,
      [
        join(import.meta.dirname, 'work-child.ts'),
        house.path,
        house.publishedDir,
        baseUrl,
        String(house.clock()),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const exited = once(child, 'exit');
    while (server.posts().length === 0) await server.next();
    child.kill('SIGKILL');
    await exited;
    server.manners = willing;
    expect(await house.work()).toEqual({});
    house.later(minuteMs);
    expect(await house.work()).toEqual({ delivered: 1 });
    house.later(hourMs);
    expect(await house.work()).toEqual({});
    expect(server.posts('/in')).toHaveLength(2);
  });

  it('by ten crashes is given up', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')]);
    await house.publish(changed);
    for (let crash = 0; crash < 10; crash += 1) {
      const now = house.clock();
      const claim = {
        owner: 'dead',
        lanes: ['content'],
        busyHosts: [],
        now,
        leaseUntil: now + minuteMs,
      } as const;
      expect(await claimMessage(house.db, claim)).toBeDefined();
      house.later(minuteMs);
    }
    expect(await house.work()).toEqual({ 'given up': 1 });
    expect(server.posts()).toEqual([]);
  });

  it('by a stop ends soon, counts no try and is due again at once', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')], { stopMs: 50 });
    await house.publish(changed);
    server.manners = () => undefined;
    const stop = new AbortController();
    const working = house.work(stop.signal);
    while (server.posts().length === 0) await server.next();
    stop.abort();
    expect(await working).toEqual({ stopped: 1 });
    expect(await waiting(house)).toEqual([{ lane: 'content', attempts: 0, lease_owner: null }]);
    server.manners = willing;
    expect(await house.work()).toEqual({ delivered: 1 });
  });

  it('by a stop after the feed changed again has no try too few', async () => {
    await using server = await subscriberServer();
    await using house = await subscribed(server, [server.url('/in')], { stopMs: 50 });
    await house.publish(changed);
    server.manners = () => undefined;
    const stop = new AbortController();
    const working = house.work(stop.signal);
    while (server.posts().length === 0) await server.next();
    await house.publish({ 'feeds/all.xml': '<rss>once more</rss>' });
    stop.abort();
    expect(await working).toEqual({ stopped: 1 });
    expect(await waiting(house)).toEqual([{ lane: 'content', attempts: 0, lease_owner: null }]);
  });
});

describe('the wait after a try', () => {
  it('is a minute or a little more also where no try is counted', () => {
    for (const tries of [-1, 0, 1]) {
      expect(hubRetryMs(7, tries)).toBeGreaterThanOrEqual(minuteMs);
      expect(hubRetryMs(7, tries)).toBeLessThan(1.21 * minuteMs);
    }
  });
});

describe('a worker that keeps working', () => {
  it('asks at once when it is woken, and stops with its signal', async () => {
    await using server = await subscriberServer();
    await using house = await hubHouse();
    await house.publish(feeds);
    const stop = new AbortController();
    const working = house.hub.worker.keepWorking(stop.signal);
    for (const path of ['/one', '/two']) {
      // It logs what it told when it has nothing more to do.
      const idle = house.nextLog();
      await house.ask({
        'hub.mode': 'subscribe',
        'hub.callback': server.url(path),
        'hub.topic': rssTopic,
      });
      house.hub.worker.wake();
      await server.arrival(path);
      await idle;
    }
    stop.abort();
    await working;
    expect(await waiting(house)).toEqual([]);
  });
});
