import { describe, expect, it } from 'vitest';
import { dayMs, minuteMs } from '../../src/domain/time.ts';
import { hubHouse, rssTopic, startedAt, type HubHouse } from './hub-house.ts';
import { subscriberServer, willing, type Manners, type SubscriberServer } from './subscriber-server.ts';

const feeds = { 'feeds/all.xml': '<rss>one</rss>' };
const changed = { 'feeds/all.xml': '<rss>two</rss>' };

const subscribe = (callback: string, more: Readonly<Record<string, string>> = {}) => ({
  'hub.mode': 'subscribe',
  'hub.callback': callback,
  'hub.topic': rssTopic,
  ...more,
});

async function subscriptions(house: HubHouse) {
  return await house.db
    .selectFrom('hub_subscriptions')
    .select(['callback', 'secret', 'expires_at'])
    .execute();
}

/** A house with one feed, and a server that subscribed to it at `/in`. */
async function subscribedHouse(server: SubscriberServer): Promise<HubHouse> {
  const house = await hubHouse();
  await house.publish(feeds);
  await house.ask(subscribe(server.url('/in')));
  expect(await house.work()).toEqual({ subscribed: 1 });
  return house;
}

describe('a request to subscribe', () => {
  it('is stored only after the callback echoed the challenge of the question', async () => {
    await using server = await subscriberServer();
    await using house = await hubHouse();
    await house.publish(feeds);
    expect(
      await house.ask(subscribe(server.url('/in?key=a%20b'), { 'hub.lease_seconds': '864000' })),
    ).toEqual({
      state: 'accepted',
    });
    expect(await subscriptions(house)).toEqual([]);
    expect(await house.work()).toEqual({ subscribed: 1 });
    const [question, ...more] = server.gets('/in');
    expect(more).toEqual([]);
    expect(Object.fromEntries(question?.query ?? [])).toEqual({
      key: 'a b',
      'hub.mode': 'subscribe',
      'hub.topic': rssTopic,
      'hub.challenge': expect.stringMatching(/^[\w-]{43}$/),
      'hub.lease_seconds': '864000',
    });
    expect(await subscriptions(house)).toEqual([
      { callback: server.url('/in?key=a%20b'), secret: null, expires_at: startedAt + 10 * dayMs },
    ]);
  });

  it.each<[string, Manners]>([
    ['another challenge', () => ({ status: 200, body: 'something else' })],
    ['more than the challenge', ({ query }) => ({ status: 200, body: `${query.get('hub.challenge')}\n` })],
    ['nothing', () => ({ status: 200 })],
    ['a long page', () => ({ status: 200, body: 'x'.repeat(100_000) })],
    ['the challenge with 404', ({ query }) => ({ status: 404, body: query.get('hub.challenge') ?? '' })],
    ['the challenge with 500', ({ query }) => ({ status: 500, body: query.get('hub.challenge') ?? '' })],
    [
      'a redirect with the challenge',
      ({ query }) => ({ status: 302, body: query.get('hub.challenge') ?? '' }),
    ],
  ])('is forgotten when the callback answers with %s', async (_, manners) => {
    await using server = await subscriberServer(manners);
    await using house = await hubHouse();
    await house.publish(feeds);
    await house.ask(subscribe(server.url('/in')));
    await house.work();
    house.later(10 * minuteMs);
    await house.work();
    house.later(100 * minuteMs);
    expect(await house.work()).toEqual({});
    expect(await subscriptions(house)).toEqual([]);
    await house.publish(changed);
    expect(await house.work()).toEqual({});
    expect(server.posts()).toEqual([]);
    expect(server.gets('/elsewhere')).toEqual([]);
  });

  it('is asked about three times, minutes apart, while the callback cannot be reached', async () => {
    await using house = await hubHouse();
    await house.publish(feeds);
    const port = await closedPort();
    await house.ask(subscribe(`http://127.0.0.1:${port}/in`));
    expect(await house.work()).toEqual({ later: 1 });
    expect(await house.work()).toEqual({});
    house.later(2 * minuteMs);
    expect(await house.work()).toEqual({ later: 1 });
    house.later(7 * minuteMs);
    expect(await house.work()).toEqual({ 'given up': 1 });
    expect(await house.db.selectFrom('hub_messages').select('id').execute()).toEqual([]);
    const log = house.logged.join('');
    expect(log).toContain('given up after 3 tries');
    expect(log).not.toContain('/in');
  });

  it.each([
    ['1', dayMs],
    ['86401', 86_401_000],
    ['999999999', 30 * dayMs],
    ['', 10 * dayMs],
  ])('for a lease of "%s" seconds gets one of %d milliseconds', async (seconds, leaseMs) => {
    await using server = await subscriberServer();
    await using house = await hubHouse();
    await house.publish(feeds);
    await house.ask(subscribe(server.url('/in'), { 'hub.lease_seconds': seconds }));
    await house.work();
    expect(server.gets()[0]?.query.get('hub.lease_seconds')).toBe(String(leaseMs / 1000));
    expect((await subscriptions(house))[0]?.expires_at).toBe(startedAt + leaseMs);
  });

  it('renews the subscription, with the new lease and the new secret', async () => {
    await using server = await subscriberServer();
    await using house = await subscribedHouse(server);
    house.later(5 * dayMs);
    await house.ask(subscribe(server.url('/in'), { 'hub.secret': 'new' }));
    await house.work();
    expect(await subscriptions(house)).toEqual([
      { callback: server.url('/in'), secret: 'new', expires_at: startedAt + 15 * dayMs },
    ]);
  });

  it('that is not confirmed leaves the subscription as it was', async () => {
    await using server = await subscriberServer();
    await using house = await subscribedHouse(server);
    const before = await subscriptions(house);
    server.manners = () => ({ status: 404 });
    await house.ask(subscribe(server.url('/in'), { 'hub.secret': 'not mine' }));
    expect(await house.work()).toEqual({ refused: 1 });
    expect(await subscriptions(house)).toEqual(before);
  });

  it('takes the place of an earlier one of the same callback, also while that is being asked about', async () => {
    await using server = await subscriberServer(() => undefined);
    await using house = await hubHouse({ timeoutMs: 500 });
    await house.publish(feeds);
    await house.ask(subscribe(server.url('/in'), { 'hub.secret': 'first' }));
    const working = house.work();
    await server.arrival('/in');
    server.manners = willing;
    await house.ask(subscribe(server.url('/in'), { 'hub.secret': 'second' }));
    house.hub.worker.wake();
    await working;
    expect(server.gets()).toHaveLength(2);
    expect((await subscriptions(house)).map(({ secret }) => secret)).toEqual(['second']);
    expect(await house.db.selectFrom('hub_messages').select('id').execute()).toEqual([]);
  });

  it('to a feed that was removed meanwhile is answered with a denial', async () => {
    await using server = await subscriberServer();
    await using house = await hubHouse();
    await house.publish({ ...feeds, 'feeds/all.json': '{}' });
    await house.ask(subscribe(server.url('/in')));
    await house.publish({ 'feeds/all.json': '{}' });
    expect(await house.work()).toEqual({ refused: 2 });
    const [denial, ...more] = server.gets();
    expect(more).toEqual([]);
    expect(Object.fromEntries(denial?.query ?? [])).toEqual({
      'hub.mode': 'denied',
      'hub.topic': rssTopic,
      'hub.reason': 'This feed is not published any more.',
    });
  });
});

describe('a subscription', () => {
  it('ends with its lease', async () => {
    await using server = await subscriberServer();
    await using house = await subscribedHouse(server);
    house.later(10 * dayMs - 1);
    await house.publish(changed);
    expect(await house.work()).toEqual({ delivered: 1 });
    house.later(1);
    await house.publish(feeds);
    expect(await house.work()).toEqual({});
    expect(await subscriptions(house)).toEqual([]);
    expect(server.posts()).toHaveLength(1);
  });

  it('that ends while its document waits gets it no more', async () => {
    await using server = await subscriberServer();
    await using house = await subscribedHouse(server);
    await house.publish(changed);
    house.later(10 * dayMs);
    expect(await house.work()).toEqual({ 'nothing to tell': 1 });
    expect(server.posts()).toEqual([]);
  });

  it('ends when its subscriber confirms that it wants no more', async () => {
    await using server = await subscriberServer();
    await using house = await subscribedHouse(server);
    const leave = { ...subscribe(server.url('/in')), 'hub.mode': 'unsubscribe' };
    server.manners = () => ({ status: 200, body: 'I did not ask for this' });
    await house.ask(leave);
    expect(await house.work()).toEqual({ refused: 1 });
    expect(await subscriptions(house)).toHaveLength(1);

    server.manners = willing;
    await house.publish(changed);
    await house.ask(leave);
    const counts = await house.work();
    expect(counts.unsubscribed).toBe(1);
    expect(server.gets().at(-1)?.query.get('hub.mode')).toBe('unsubscribe');
    expect(await subscriptions(house)).toEqual([]);
    const before = server.posts().length;
    await house.publish(feeds);
    expect(await house.work()).toEqual({});
    expect(server.posts()).toHaveLength(before);
  });

  it('to a feed that is no longer published ends with a denial, once', async () => {
    await using server = await subscriberServer();
    await using house = await subscribedHouse(server);
    await house.publish({ 'feeds/all.json': '{}' });
    expect(await house.work()).toEqual({ refused: 1 });
    expect(server.gets().at(-1)?.query.get('hub.mode')).toBe('denied');
    expect(await subscriptions(house)).toEqual([]);
    house.later(dayMs);
    expect(await house.work()).toEqual({});
  });
});

describe('a callback at a private address', () => {
  it('is refused, and a name that leads to one is never asked', async () => {
    await using server = await subscriberServer();
    await using house = await hubHouse({ allowHosts: [] });
    await house.publish(feeds);
    for (const host of [
      '127.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '10.0.0.1',
      '169.254.169.254',
      '2130706433',
    ]) {
      expect(await house.ask(subscribe(server.url('/in', host)))).toMatchObject({
        state: 'refused',
        status: 400,
        sentence: expect.stringContaining('is private'),
      });
    }
    expect(await house.ask(subscribe(server.url('/in', 'localhost')))).toEqual({ state: 'accepted' });
    expect(await house.work()).toEqual({ refused: 1 });
    expect(server.received).toEqual([]);
    expect(await subscriptions(house)).toEqual([]);
  });
});

async function closedPort(): Promise<number> {
  await using server = await subscriberServer();
  return server.port;
}
