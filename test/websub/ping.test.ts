import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { baseUrl, hubHouse, type HubHouse } from './hub-house.ts';
import { subscriberServer, type SubscriberServer } from './subscriber-server.ts';

const feeds = {
  'feeds/all.xml': '<rss>one</rss>',
  'feeds/all.atom.xml': '<feed>one</feed>',
  'feeds/all.json': '{"one":1}',
};

async function pings(server: SubscriberServer) {
  return server.posts('/hub').map(({ body, headers }) => ({
    type: headers['content-type'],
    ...Object.fromEntries(new URLSearchParams(body.toString())),
  }));
}

const pingOf = (path: string) => ({
  type: 'application/x-www-form-urlencoded',
  'hub.mode': 'publish',
  'hub.url': `${baseUrl}${path}`,
  'hub.topic': `${baseUrl}${path}`,
});

async function waiting(house: HubHouse): Promise<number> {
  return (await house.db.selectFrom('hub_messages').select('id').execute()).length;
}

describe("another's hub", () => {
  it('gets one ping for each feed that changed, and none when nothing did', async () => {
    await using server = await subscriberServer(() => ({ status: 204 }));
    await using house = await hubHouse({ hub: server.url('/hub') });
    expect(await house.publish(feeds)).toBe(3);
    expect(await house.work()).toEqual({ pinged: 3 });
    expect(await pings(server)).toEqual(Object.keys(feeds).toSorted().map(pingOf));

    expect(await house.publish(feeds)).toBe(0);
    expect(await house.work()).toEqual({});
    await house.restart();
    expect(await house.publish({ ...feeds, 'feeds/all.json': '{"two":2}' })).toBe(1);
    expect(await house.work()).toEqual({ pinged: 1 });
    expect((await pings(server)).slice(3)).toEqual([pingOf('feeds/all.json')]);
  });

  it('gets one ping of two publications at once', async () => {
    await using server = await subscriberServer(() => ({ status: 204 }));
    await using house = await hubHouse({ hub: server.url('/hub') });
    await house.publishOnly(feeds);
    const counts = await Promise.all([house.hub.announce(), house.hub.announce()]);
    expect(counts).toEqual([
      { state: 'announced', changed: 3 },
      { state: 'announced', changed: 0 },
    ]);
    expect(await house.work()).toEqual({ pinged: 3 });
  });

  it('that refuses is pinged again later, also after a restart', async () => {
    await using server = await subscriberServer(() => ({ status: 503 }));
    await using house = await hubHouse({ hub: server.url('/hub') });
    await house.publish({ 'feeds/all.xml': 'one' });
    expect(await house.work()).toEqual({ later: 1 });
    expect(await house.work()).toEqual({});
    await house.restart();
    house.later(2 * minuteMs);
    expect(await house.work()).toEqual({ later: 1 });
    house.later(2 * minuteMs);
    expect(await house.work()).toEqual({});
    server.manners = () => ({ status: 202 });
    house.later(5 * minuteMs);
    expect(await house.work()).toEqual({ pinged: 1 });
    expect(await pings(server)).toHaveLength(3);
    expect(await waiting(house)).toBe(0);
  });

  it('that is gone fails no publication and is given up after ten tries', async () => {
    const server = await subscriberServer();
    const address = server.url('/hub');
    await server[Symbol.asyncDispose]();
    await using house = await hubHouse({ hub: address });
    expect(await house.publish({ 'feeds/all.xml': 'one' })).toBe(1);
    for (let tried = 1; tried < 10; tried += 1) {
      expect(await house.work()).toEqual({ later: 1 });
      house.later(8 * hourMs);
    }
    expect(await house.work()).toEqual({ 'given up': 1 });
    expect(await waiting(house)).toBe(0);
    expect(house.logged.join('')).toContain('given up after 10 tries');
  });

  it('gets a new start of tries for a feed that changed again', async () => {
    await using server = await subscriberServer(() => ({ status: 503 }));
    await using house = await hubHouse({ hub: server.url('/hub') });
    await house.publish({ 'feeds/all.xml': 'one' });
    await house.work();
    await house.publish({ 'feeds/all.xml': 'two' });
    server.manners = () => ({ status: 204 });
    expect(await house.work()).toEqual({ pinged: 1 });
  });

  it('is not told anything where publish is off, or of what waited for a hub that is no longer used', async () => {
    await using server = await subscriberServer(() => ({ status: 503 }));
    await using house = await hubHouse({ hub: server.url('/hub'), publish: false });
    expect(await house.publish(feeds)).toBe(3);
    expect(await house.work()).toEqual({});

    await house.restart({ hub: server.url('/hub') });
    await house.publish({ ...feeds, 'feeds/all.json': '{"two":2}' });
    expect(await house.work()).toEqual({ later: 1 });
    await house.restart({ hub: server.url('/other') });
    await house.publish({ ...feeds, 'feeds/all.json': '{"two":2}' });
    house.later(hourMs);
    expect(await house.work()).toEqual({});
    expect(server.posts('/other')).toEqual([]);
  });

  it('takes no subscriptions here', async () => {
    await using house = await hubHouse({ hub: 'https://hub.example.org/' });
    expect(house.hub.accept).toBeUndefined();
    expect(house.hub.url).toBe('https://hub.example.org/');
  });
});

it('a publication whose announcement cannot be stored says so and does not throw', async () => {
  await using house = await hubHouse();
  await house.publishOnly(feeds);
  await house.db.schema.dropTable('hub_topics').execute();
  expect(await house.hub.announce()).toEqual({
    state: 'failed',
    reason: expect.stringContaining('hub_topics'),
  });
});
