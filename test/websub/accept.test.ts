import { array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { hubLimits } from '../../src/websub/accept.ts';
import { hostOf } from '../../src/websub/hub.ts';
import { createRate } from '../../src/websub/rate.ts';
import { readRequest } from '../../src/websub/subscription-request.ts';
import { baseUrl, hubHouse, rssTopic, type HubHouse } from './hub-house.ts';
import { subscriberServer } from './subscriber-server.ts';

const good = {
  'hub.mode': 'subscribe',
  'hub.callback': 'https://reader.example.org/in',
  'hub.topic': rssTopic,
};

const feeds = { 'feeds/all.xml': '<rss/>' };

async function subscribed(house: HubHouse, callback: string, topic: string): Promise<void> {
  await house.db
    .insertInto('hub_subscriptions')
    .values({
      topic,
      callback,
      host: hostOf(callback),
      secret: null,
      subscribed_at: house.clock(),
      expires_at: house.clock() + hourMs,
      delivered_hash: null,
    })
    .execute();
}

function faultOf(form: Readonly<Record<string, string>> | string): string | undefined {
  const read = readRequest(new URLSearchParams(form), []);
  return 'fault' in read ? read.fault : undefined;
}

describe('the form of a subscriber', () => {
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no mode', { 'hub.mode': '' }, /hub\.mode to be subscribe or unsubscribe/],
    ['another mode', { 'hub.mode': 'list' }, /hub\.mode to be subscribe or unsubscribe/],
    ['a ping', { 'hub.mode': 'publish' }, /knows by itself/],
    ['no callback', { 'hub.callback': '' }, /hub\.callback: an absolute http or https/],
    ['a relative callback', { 'hub.callback': '/in' }, /hub\.callback: an absolute http or https/],
    ['a script', { 'hub.callback': 'javascript:alert(1)' }, /hub\.callback: an absolute http or https/],
    ['a file', { 'hub.callback': 'file:///etc/passwd' }, /hub\.callback: an absolute http or https/],
    ['a callback with a password', { 'hub.callback': 'https://a:b@reader.example.org/' }, /without user/],
    ['a callback with a fragment', { 'hub.callback': 'https://reader.example.org/#a' }, /fragment/],
    ['a long callback', { 'hub.callback': `https://reader.example.org/${'a'.repeat(2100)}` }, /2048/],
    ['a private callback', { 'hub.callback': 'http://192.168.1.1/in' }, /192\.168\.1\.1 is private/],
    ['no topic', { 'hub.topic': '' }, /hub\.topic/],
    ['a lease in words', { 'hub.lease_seconds': 'long' }, /whole number of seconds/],
    ['a negative lease', { 'hub.lease_seconds': '-1' }, /whole number of seconds/],
    ['a secret of 200 bytes', { 'hub.secret': 'é'.repeat(100) }, /less than 200 bytes long; it has 200/],
  ])('with %s is refused in a plain sentence', (_, change, sentence) => {
    expect(faultOf({ ...good, ...change })).toMatch(sentence);
  });

  it('that says a thing twice is refused', () => {
    const form = new URLSearchParams(good);
    form.append('hub.callback', 'https://other.example.org/');
    expect(faultOf(form.toString())).toMatch(/hub\.callback once/);
  });

  it('is taken with a secret of 199 bytes, and whatever else stands in it', () => {
    const secret = 'x'.repeat(199);
    const form = new URLSearchParams({ ...good, 'hub.secret': secret, 'hub.verify': 'async', other: '1' });
    expect(readRequest(form, [])).toEqual({
      request: {
        mode: 'subscribe',
        callback: good['hub.callback'],
        host: 'reader.example.org',
        topic: rssTopic,
        leaseSeconds: 864_000,
        secret,
      },
    });
  });

  it('of any kind is read or refused, and what is read can be asked', () => {
    const value = oneof(string(), constantFrom(...Object.values(good), 'unsubscribe', '5'));
    const names = ['hub.mode', 'hub.callback', 'hub.topic', 'hub.lease_seconds', 'hub.secret', 'other'];
    const fields = array(tuple(constantFrom(...names), value), { maxLength: 8 });
    assert(
      property(fields, (pairs) => {
        const read = readRequest(new URLSearchParams(pairs.map(([name, text]) => [name, text])), []);
        if ('fault' in read) {
          expect(read.fault).toMatch(/\.$/);
          return;
        }
        const { callback, host, leaseSeconds } = read.request;
        expect(new URL(callback).href).toBe(callback);
        expect([host === '', leaseSeconds >= 86_400]).toEqual([false, true]);
      }),
    );
  });
});

describe('the hub', () => {
  it('refuses feeds that are not its own, also ours under another name', async () => {
    await using house = await hubHouse();
    await house.publish(feeds);
    for (const topic of [
      'https://elsewhere.example.org/feed.xml',
      `${baseUrl}feeds/none.xml`,
      `${baseUrl}index.html`,
      `${baseUrl}feeds/../feeds/all.xml`,
      rssTopic.replace('https:', 'http:'),
      `${rssTopic}?x`,
    ]) {
      expect(await house.ask({ ...good, 'hub.topic': topic })).toMatchObject({
        state: 'refused',
        status: 404,
      });
    }
    expect(await house.db.selectFrom('hub_messages').select('id').execute()).toEqual([]);
    expect(await house.ask(good)).toEqual({ state: 'accepted' });
  });

  it('takes so many subscriptions of one host and in all, and renews the old ones when it is full', async () => {
    await using server = await subscriberServer();
    const limits = { ...hubLimits, subscriptions: 3, subscriptionsPerHost: 2 };
    await using house = await hubHouse({ limits });
    await house.publish(feeds);
    const ask = (path: string, host: string) =>
      house.ask({ ...good, 'hub.callback': server.url(path, host) });
    for (const path of ['/1', '/2']) {
      await ask(path, '127.0.0.1');
      await house.work();
    }
    expect(await ask('/3', '127.0.0.1')).toMatchObject({ status: 429 });
    await ask('/3', '127.0.0.2');
    await house.work();
    expect(await ask('/4', '127.0.0.3')).toMatchObject({ status: 503, retryAfterSeconds: 3600 });
    expect(await ask('/1', '127.0.0.1')).toEqual({ state: 'accepted' });
    expect(
      await house.ask({
        ...good,
        'hub.mode': 'unsubscribe',
        'hub.callback': server.url('/2'),
      }),
    ).toEqual({ state: 'accepted' });
  });

  it('lets so many requests wait, of one host and in all', async () => {
    const limits = { ...hubLimits, waiting: 3, waitingPerHost: 2 };
    await using house = await hubHouse({ limits });
    await house.publish(feeds);
    const ask = (callback: string) => house.ask({ ...good, 'hub.callback': callback });
    await ask('https://a.example.org/1');
    await ask('https://a.example.org/2');
    expect(await ask('https://A.example.org/3')).toMatchObject({ status: 429, retryAfterSeconds: 60 });
    await ask('https://b.example.org/1');
    expect(await ask('https://c.example.org/1')).toMatchObject({ status: 429 });
  });

  it('does not count what it tells by itself among the requests that wait', async () => {
    const limits = { ...hubLimits, waiting: 2, waitingPerHost: 2 };
    await using house = await hubHouse({ limits });
    await house.publish({ ...feeds, 'feeds/b.xml': '<rss/>' });
    for (const number of [1, 2, 3]) {
      await subscribed(house, `https://a.example.org/${number}`, rssTopic.replace('all', 'b'));
    }
    await house.publish(feeds);
    expect(await house.ask({ ...good, 'hub.callback': 'https://a.example.org/new' })).toEqual({
      state: 'accepted',
    });
  });

  it('always takes renewals and goodbyes of those who are subscribed, however full it is', async () => {
    const limits = {
      subscriptions: 1,
      subscriptionsPerHost: 1,
      waiting: 1,
      waitingPerHost: 1,
      rate: { all: 1, perHost: 1 },
    };
    await using house = await hubHouse({ limits });
    await house.publish(feeds);
    await subscribed(house, good['hub.callback'], rssTopic);
    await subscribed(house, 'https://reader.example.org/other', rssTopic);
    expect(await house.ask({ ...good, 'hub.callback': 'https://new.example.org/1' })).toMatchObject({
      status: 503,
    });
    expect(await house.ask({ ...good, 'hub.callback': 'https://new.example.org/2' })).toMatchObject({
      status: 429,
    });
    expect(await house.ask(good)).toEqual({ state: 'accepted' });
    expect(await house.ask(good), 'asked again').toEqual({ state: 'accepted' });
    const leaving = { ...good, 'hub.mode': 'unsubscribe' };
    expect(await house.ask({ ...leaving, 'hub.callback': 'https://reader.example.org/other' })).toEqual({
      state: 'accepted',
    });
    expect(
      await house.ask({ ...leaving, 'hub.callback': 'https://new.example.org/3' }),
      'who is not known',
    ).toMatchObject({ status: 429 });
  });

  it('counts no request for a feed that is not its own', async () => {
    await using house = await hubHouse({ limits: { ...hubLimits, rate: { all: 1, perHost: 1 } } });
    await house.publish(feeds);
    for (const _ of [1, 2, 3]) {
      expect(await house.ask({ ...good, 'hub.topic': 'https://elsewhere.example.org/' })).toMatchObject({
        status: 404,
      });
    }
    expect(await house.ask(good)).toEqual({ state: 'accepted' });
  });

  it('takes one host for one, with or without its last dot', () => {
    expect(hostOf('https://Reader.example.org./in')).toBe(hostOf('https://reader.example.org/in'));
  });

  it('looks at so many requests in a minute, of one host and in all', () => {
    const isWithin = createRate({ all: 3, perHost: 2 });
    const asked = ['a', 'a', 'a', 'b', 'c'].map((host) => isWithin(host, 0));
    expect(asked).toEqual([true, true, false, true, false]);
    expect(isWithin('c', minuteMs - 1)).toBe(false);
    expect(isWithin('c', minuteMs)).toBe(true);
  });

  it('says so to who asks too often', async () => {
    await using house = await hubHouse({ limits: { ...hubLimits, rate: { all: 1, perHost: 1 } } });
    await house.publish(feeds);
    expect(await house.ask(good)).toEqual({ state: 'accepted' });
    expect(await house.ask(good)).toMatchObject({ state: 'refused', status: 429, retryAfterSeconds: 60 });
    house.later(minuteMs);
    expect(await house.ask(good)).toEqual({ state: 'accepted' });
  });
});
