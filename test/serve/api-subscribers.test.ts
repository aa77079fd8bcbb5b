import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs } from '../../src/domain/time.ts';
import { consentsOf } from '../../src/store/consents.ts';
import { insertSubscribers, setSubscription } from '../../src/store/subscribers.ts';
import { isSuppressed, suppress, suppressionsOf } from '../../src/store/suppressions.ts';
import { openApiSite, startAt, tokens, type ApiAnswered, type ApiSite } from './api-site.ts';

let api: ApiSite;
beforeEach(async () => {
  api = await openApiSite();
});
afterEach(() => api[Symbol.asyncDispose]());

const ada = 'ada@example.org';
const hash = tokens.addressHash(ada);
const pathOf = (address: string) => `/subscribers/${encodeURIComponent(address)}`;
const daily = { digest: 'daily', state: 'confirmed' };
const fresh = { 'If-None-Match': '*' };
const create = (body: object, address = ada) => api.ask('PUT', pathOf(address), { body, headers: fresh });
const get = (address = ada) => api.ask('GET', pathOf(address));
const etagOf = ({ headers }: ApiAnswered) => headers.get('ETag') ?? '';

/** Changes what there is, as a client does that read it right before. */
async function change(body: object, address = ada): Promise<ApiAnswered> {
  const headers = { 'If-Match': etagOf(await get(address)) };
  return api.ask('PUT', pathOf(address), { body, headers });
}
const code = ({ json }: ApiAnswered) => (json as { code: string }).code;

describe('PUT of a subscriber', () => {
  it('creates one with consent by way of the API, and GET gives back what was put', async () => {
    const choices = {
      name: 'Ada Example',
      language: 'en',
      hour: { time: '07:05', zone: 'Europe/Berlin' },
      pausedUntil: '2026-12-24',
      follows: { authors: ['Bo Sample'], labs: [], words: ['tool use'] },
      muted: ['quantum'],
      subscriptions: [{ ...daily, topics: ['vision', 'agents'], cadence: 'weekdays' }],
    };
    const answer = await create(choices);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Location')).toBe(
      'https://papers.example.org/daily/api/v1/subscribers/ada%40example.org',
    );
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.json).toEqual({
      address: ada,
      choices: {
        ...choices,
        subscriptions: [{ ...daily, topics: ['agents', 'vision'], cadence: 'weekdays' }],
      },
      noMailOf: [],
      origin: 'operator',
      createdAt: '2026-11-24T06:00:00Z',
      changedAt: '2026-11-24T06:00:00Z',
      changedBy: 'operator',
    });
    const shown = await get();
    expect(shown.text).toBe(answer.text);
    expect(etagOf(shown)).toBe(etagOf(answer));
    expect(await consentsOf(api.db, hash)).toEqual([
      { addressHash: hash, digest: 'daily', act: 'confirmed', at: startAt, way: 'api' },
    ]);
  });

  it('changes all of the choices, and leaves nothing of those before', async () => {
    await create({ name: 'Ada', muted: ['quantum'], subscriptions: [daily] });
    const answer = await change({ subscriptions: [daily, { digest: 'weekly', state: 'pending' }] });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      choices: {
        subscriptions: [
          { ...daily, cadence: 'every' },
          { digest: 'weekly', state: 'pending', cadence: 'every' },
        ],
      },
    });
    expect(answer.text).not.toContain('quantum');
    expect((await consentsOf(api.db, hash)).map(({ digest, act }) => [digest, act])).toEqual([
      ['daily', 'confirmed'],
      ['weekly', 'asked'],
    ]);
  });

  it('is possible with what GET gave, and then changes nothing', async () => {
    await create({ name: 'Ada', subscriptions: [daily] });
    const before = await get();
    api.wait(hourMs);
    const { choices } = before.json as { choices: object };
    const answer = await change(choices);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(before.text);
  });

  it('is possible with what GET gave also when a chosen topic has left the configuration', async () => {
    await create({ subscriptions: [daily] });
    const topics = ['old-topic', 'vision', 'agents'];
    const chosen = { digest: 'daily', state: 'confirmed', cadence: 'every', topics } as const;
    await setSubscription(api.db, (await api.subscriber(ada))?.id ?? 0, chosen, 'reader', startAt);
    const { choices } = (await get()).json as { choices: object };
    expect(choices).toMatchObject({ subscriptions: [{ topics: ['agents', 'vision'] }] });
    const answer = await change({ ...choices, name: 'Ada' });
    expect(answer.status).toBe(200);
    expect((await api.subscriber(ada))?.subscriptions).toMatchObject([{ topics, changedBy: 'reader' }]);
  });

  it('does not turn a choice of topics that all have left into one of everything', async () => {
    await create({ subscriptions: [daily] });
    const chosen = { digest: 'daily', state: 'confirmed', cadence: 'every', topics: ['old-topic'] } as const;
    await setSubscription(api.db, (await api.subscriber(ada))?.id ?? 0, chosen, 'reader', startAt);
    const { choices } = (await get()).json as { choices: object };
    expect((await change(choices)).json).toMatchObject({
      errors: [{ pointer: '#/subscriptions/0/topics/0' }],
    });
  });

  it('needs a condition, and a wrong one changes nothing', async () => {
    const body = { subscriptions: [daily] };
    expect((await api.ask('PUT', pathOf(ada), { body })).status).toBe(428);
    const lost = await api.ask('PUT', pathOf(ada), { body, headers: { 'If-Match': '"gone"' } });
    expect(lost.status).toBe(412);
    expect((await api.ask('PUT', pathOf(ada), { body, headers: { 'If-Match': '*' } })).status).toBe(412);
    expect((await get()).status).toBe(404);
    const etag = etagOf(await create(body));
    expect((await create(body)).status).toBe(412);
    for (const stale of ['"gone"', `W/${etag}`, '']) {
      const headers = { 'If-Match': stale };
      expect((await api.ask('PUT', pathOf(ada), { body: { subscriptions: [] }, headers })).status).toBe(412);
    }
    const headers = { 'If-None-Match': `"gone", W/${etag}` };
    expect((await api.ask('PUT', pathOf(ada), { body, headers })).status).toBe(412);
    expect(etagOf(await get())).toBe(etag);
  });

  it('of two clients that read the same, lets one win', async () => {
    await create({ subscriptions: [daily] });
    const headers = { 'If-Match': etagOf(await get()) };
    const put = (name: string) =>
      api.ask('PUT', pathOf(ada), { body: { name, subscriptions: [daily] }, headers });
    const answers = await Promise.all([put('One'), put('Two')]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 412]));
  });

  it('tells every fault at once, each with its place', async () => {
    const answer = await create({
      mutd: ['quantum'],
      hour: { time: '24:00', zone: 'Mars/Olympus' },
      follows: { authors: ['a\nb'] },
      subscriptions: [{ digest: 'daily', state: 'confirmd' }, { digest: 'Daily!' }],
    });
    expect(answer.status).toBe(400);
    const { errors } = answer.json as { errors: readonly { pointer: string; detail: string }[] };
    expect(Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]))).toEqual({
      '#/mutd': 'unknown key; did you mean "muted"?',
      '#/hour/time': expect.stringMatching(/^expected a time of the day such as 07:30, got "24:00"/),
      '#/hour/zone': expect.stringMatching(/^expected an IANA time zone/),
      '#/follows/authors/0': expect.stringMatching(/^expected one line/),
      '#/subscriptions/0/state': 'expected one of confirmed, pending, unsubscribed, got "confirmd"',
      '#/subscriptions/1/digest': expect.stringMatching(/got "Daily!"/),
      '#/subscriptions/1/state': expect.stringMatching(/^missing/),
    });
    expect((await get()).status).toBe(404);
  });

  it('knows the digests and topics of the configuration', async () => {
    const answer = await create({
      subscriptions: [
        { digest: 'dayly', state: 'confirmed' },
        { ...daily, topics: ['agents', 'agent'] },
        daily,
      ],
    });
    expect(answer.json).toMatchObject({
      status: 400,
      errors: [
        {
          pointer: '#/subscriptions/0/digest',
          detail: 'expected a digest, got "dayly"; did you mean "daily"?',
        },
        { pointer: '#/subscriptions/1/topics/1', detail: expect.stringMatching(/did you mean "agents"/) },
        { pointer: '#/subscriptions/2/digest', detail: expect.stringMatching(/twice/) },
      ],
    });
  });

  it('takes any address, however it is written', async () => {
    for (const address of [
      'o/b+tag%25@example.org',
      'a?b#c@example.org',
      'Jürgen@exämple.org',
      'x&y=z@example.org',
    ]) {
      const answer = await create({ subscriptions: [] }, address);
      expect(answer.status, address).toBe(201);
      expect(answer.json).toMatchObject({ address });
      const location = new URL(answer.headers.get('Location') ?? '').pathname.replace('/daily/api/v1', '');
      expect((await api.ask('GET', location)).json).toMatchObject({ address });
    }
    await create({ subscriptions: [] });
    expect((await create({ subscriptions: [] }, ' ADA@Example.org ')).status).toBe(412);
    for (const address of [
      'ada',
      'ada@@example.org',
      'a b@example.org',
      '%',
      `${'a'.repeat(250)}@example.org`,
    ]) {
      expect((await get(address)).status, address).toBe(400);
    }
  });

  it('leaves subscriptions to digests that are not configured any more as they are', async () => {
    await create({ subscriptions: [daily] });
    const old = { digest: 'old', state: 'confirmed', cadence: 'every' } as const;
    await setSubscription(api.db, (await api.subscriber(ada))?.id ?? 0, old, 'reader', startAt);
    expect((await get()).text).not.toContain('"old"');
    expect((await change({ subscriptions: [] })).status).toBe(200);
    const stored = (await api.subscriber(ada))?.subscriptions ?? [];
    expect(stored.map(({ digest, state }) => [digest, state])).toEqual([
      ['daily', 'unsubscribed'],
      ['old', 'confirmed'],
    ]);
  });
});

describe('a no', () => {
  it('is what ends a subscription, whichever way, and PUT does not take it back', async () => {
    const both = [daily, { digest: 'weekly', state: 'confirmed' }];
    await create({ subscriptions: both });
    await change({ subscriptions: [{ digest: 'daily', state: 'unsubscribed' }] });
    for (const digest of ['daily', 'weekly']) expect(await isSuppressed(api.db, hash, digest)).toBe(true);
    expect((await get()).json).toMatchObject({
      noMailOf: ['daily', 'weekly'],
      choices: { subscriptions: [{ state: 'unsubscribed' }, { state: 'unsubscribed' }] },
    });
    const before = await get();
    const answer = await change({ name: 'Ada', subscriptions: both });
    expect([answer.status, code(answer)]).toEqual([409, 'no-mail']);
    expect((await get()).text).toBe(before.text);
    const acts = (await consentsOf(api.db, hash)).map(({ act, way }) => [act, way]);
    expect(acts).toEqual([
      ['confirmed', 'api'],
      ['confirmed', 'api'],
      ['left', 'api'],
      ['left', 'api'],
    ]);
  });

  it('stands from the first word on: one can be created with it', async () => {
    await create({ subscriptions: [{ digest: 'daily', state: 'unsubscribed' }] });
    expect(await isSuppressed(api.db, hash, 'daily')).toBe(true);
    expect((await change({ subscriptions: [daily] })).status).toBe(409);
  });

  it('of DELETE ends all mail at once, also to an address that nobody knows, and again', async () => {
    await create({ subscriptions: [daily] });
    for (const address of [ada, 'bo@example.org', ada]) {
      const answer = await api.ask('DELETE', pathOf(address));
      expect([answer.status, answer.text]).toEqual([204, '']);
      const noes = await suppressionsOf(api.db, tokens.addressHash(address));
      expect(noes).toEqual([{ digest: '*', reason: 'unsubscribed', since: startAt }]);
    }
    expect((await get()).json).toMatchObject({ noMailOf: ['*'] });
    expect((await change({ subscriptions: [daily] })).status).toBe(409);
    expect((await create({ subscriptions: [] }, 'bo@example.org')).status).toBe(409);
    expect((await get('bo@example.org')).status).toBe(404);
  });

  it('of DELETE needs no condition, but heeds one', async () => {
    await create({ subscriptions: [daily] });
    const stale = await api.ask('DELETE', pathOf(ada), { headers: { 'If-Match': '"gone"' } });
    expect(stale.status).toBe(412);
    expect(await isSuppressed(api.db, hash, 'daily')).toBe(false);
    const good = { 'If-Match': etagOf(await get()) };
    expect((await api.ask('DELETE', pathOf(ada), { headers: good })).status).toBe(204);
  });

  it('is answered alike whatever its reason, and a change of something else is still possible', async () => {
    const answers: string[] = [];
    for (const [index, reason] of ['unsubscribed', 'complaint', 'hard bounce: no such user'].entries()) {
      const address = `reader${index}@example.org`;
      await create({ subscriptions: [daily] }, address);
      const addressHash = tokens.addressHash(address);
      await suppress(api.db, { addressHash, digest: '*', reason, now: startAt });
      const named = await change({ name: 'Ada', subscriptions: [daily] }, address);
      expect(named.json).toMatchObject({ choices: { name: 'Ada' }, noMailOf: ['*'] });
      answers.push(
        (await change({ subscriptions: [daily, { digest: 'weekly', state: 'confirmed' }] }, address)).text,
      );
    }
    for (const address of ['left@example.org', 'erased@example.org']) {
      await suppress(api.db, {
        addressHash: tokens.addressHash(address),
        digest: 'weekly',
        reason: 'unsubscribed',
        now: startAt,
      });
      answers.push((await create({ subscriptions: [{ digest: 'weekly', state: 'pending' }] }, address)).text);
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"no-mail"');
  });

  it('of a reader or an import stands also without the list; one of a file does not', async () => {
    for (const [by, status] of [
      ['reader', 409],
      ['import', 409],
      ['file', 200],
    ] as const) {
      const address = `${by}@example.org`;
      const addressHash = tokens.addressHash(address);
      const bare = { address, addressHash, follows: { authors: [], labs: [], words: [] }, muted: [] };
      const subscriptions = [{ digest: 'daily', state: 'unsubscribed', cadence: 'every' }] as const;
      await insertSubscribers(api.db, [{ ...bare, origin: 'file', by, subscriptions }], startAt);
      expect((await change({ subscriptions: [daily] }, address)).status, by).toBe(status);
    }
  });
});

describe('erasing', () => {
  it('forgets the person and all that was answered about them, and brings nobody back', async () => {
    const headers = { ...fresh, 'Idempotency-Key': '"first"' };
    const put = () => api.ask('PUT', pathOf(ada), { body: { name: 'Ada', subscriptions: [daily] }, headers });
    expect((await put()).status).toBe(201);
    for (const address of [ada, 'bo@example.org', ada]) {
      expect((await api.ask('POST', `${pathOf(address)}/erase`)).status).toBe(204);
    }
    expect((await get()).status).toBe(404);
    expect(await suppressionsOf(api.db, hash)).toEqual([{ digest: '*', reason: 'erased', since: startAt }]);
    expect(await api.db.selectFrom('idempotency_keys').select('key_hash').execute()).toEqual([]);
    expect(await consentsOf(api.db, hash)).toEqual([]);
    const again = await put();
    expect([again.status, code(again)]).toEqual([409, 'no-mail']);
    for (const subscriptions of [[], [{ digest: 'daily', state: 'unsubscribed' }]]) {
      expect((await create({ subscriptions })).status).toBe(409);
    }
    expect(await api.subscriber(ada)).toBeUndefined();
  });
});

describe('the list of subscribers', () => {
  const add = (count: number, states: readonly string[] = ['confirmed']) =>
    insertSubscribers(
      api.db,
      Array.from({ length: count }, (_, index) => ({
        address: `reader${index}@example.org`,
        addressHash: tokens.addressHash(`reader${index}@example.org`),
        origin: 'import',
        by: 'import',
        follows: { authors: [], labs: [], words: [] },
        muted: [],
        subscriptions: (['daily', 'weekly'] as const).flatMap((digest, place) => {
          const state = states[(index + place) % states.length];
          const known = (['confirmed', 'pending', 'unsubscribed'] as const).find((one) => one === state);
          return known ? [{ digest, state: known, cadence: 'every' as const }] : [];
        }),
      })),
      startAt,
    );
  type Page = { items: readonly { address: string }[]; next?: string };
  const pageAt = async (query: string) => (await api.ask('GET', `/subscribers?${query}`)).json as Page;

  it('gives everybody once, in the order in which they came, whatever the size of the pages', async () => {
    const states = ['confirmed', 'pending', 'unsubscribed', 'none', 'confirmed'];
    await add(60, states);
    const addresses = Array.from({ length: 60 }, (_, index) => `reader${index}@example.org`);
    const stateOf = (index: number, digest: string) =>
      states[(index + (digest === 'daily' ? 0 : 1)) % states.length];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 61 }),
        fc.option(fc.constantFrom('daily', 'weekly'), { nil: undefined }),
        fc.option(fc.constantFrom('confirmed', 'pending', 'unsubscribed'), { nil: undefined }),
        async (limit, digest, state) => {
          const found: string[] = [];
          const filter = `${digest ? `&digest=${digest}` : ''}${state ? `&state=${state}` : ''}`;
          for (let cursor = ''; ;) {
            const page = await pageAt(`limit=${limit}${filter}${cursor}`);
            expect(page.items.length).toBeLessThanOrEqual(limit);
            found.push(...page.items.map(({ address }) => address));
            if (page.next === undefined) break;
            expect(page.items.length).toBe(limit);
            cursor = `&cursor=${page.next}`;
          }
          const expected = addresses.filter((_, index) =>
            (digest ? [digest] : ['daily', 'weekly']).some((one) => {
              const own = stateOf(index, one);
              return own !== 'none' && (state === undefined || own === state);
            }),
          );
          expect(found).toEqual(digest || state ? expected : addresses);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('goes on where it was, also when somebody came or was erased meanwhile', async () => {
    await add(4);
    const first = await pageAt('limit=2');
    await api.ask('POST', `${pathOf('reader1@example.org')}/erase`);
    await create({ subscriptions: [daily] });
    const second = await pageAt(`limit=200&cursor=${first.next}`);
    expect(second.items.map(({ address }) => address)).toEqual([
      'reader2@example.org',
      'reader3@example.org',
      ada,
    ]);
    expect(second).not.toHaveProperty('next');
  });

  it('tells of whom no mail goes', async () => {
    await add(2);
    await api.ask('DELETE', pathOf('reader1@example.org'));
    expect((await pageAt('')).items).toMatchObject([{ noMailOf: [] }, { noMailOf: ['*'] }]);
  });

  it('has fifty on a page, at most two hundred, and refuses what it does not know', async () => {
    await add(201);
    expect((await pageAt('')).items).toHaveLength(50);
    expect((await pageAt('limit=200')).items).toHaveLength(200);
    for (const query of [
      'limit=201',
      'limit=0',
      'limit=1e2',
      'limit=-1',
      'limit=',
      'limit=2&limit=3',
      'cursor=%2e',
      'cursor=',
      'state=left',
      'digest=Daily!',
      'q=ada',
      '__proto__=1',
    ]) {
      const answer = await api.ask('GET', `/subscribers?${query}`);
      expect(answer.status, query).toBe(400);
      expect(answer.json).toMatchObject({ errors: [{ parameter: query.replace(/=.*/, '') }] });
    }
    expect((await pageAt('digest=unknown')).items).toEqual([]);
    expect((await pageAt('cursor=zzzzzzzzzz')).items).toEqual([]);
  });

  it('is answered 304 while nothing changed', async () => {
    await add(2);
    const headers = { 'If-None-Match': etagOf(await api.ask('GET', '/subscribers')) };
    const again = await api.ask('GET', '/subscribers', { headers });
    expect([again.status, again.headers.get('Cache-Control')]).toEqual([304, 'no-store']);
    await create({ subscriptions: [daily] });
    expect((await api.ask('GET', '/subscribers', { headers })).status).toBe(200);
  });
});
