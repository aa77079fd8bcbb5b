import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consentsOf, recordConsents } from '../../src/store/consents.ts';
import { eraseAddress } from '../../src/store/erasure.ts';
import { findSubscriber, setSubscription } from '../../src/store/subscribers.ts';
import { suppress } from '../../src/store/suppressions.ts';
import { importHouse, now, tokens, type ImportHouse } from './import-house.ts';

let house: ImportHouse;
beforeEach(async () => {
  house = await importHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

const ada = 'ada@example.org';
const adaHash = tokens.addressHash(ada);

describe('an import', () => {
  it('subscribes who is unknown, with a proof of consent that names file, line and the stated moment', async () => {
    const report = await house.import(`email,name,state,saidAt\n${ada},Ada,confirmed,2024-03-05T10:00:00Z\n`);
    expect(report).toMatchObject({ rows: 1, faults: 0, counts: { added: 1, subscribed: 1 } });
    expect(await findSubscriber(house.db, adaHash)).toMatchObject({
      name: 'Ada',
      origin: 'import',
      subscriptions: [{ digest: 'daily', state: 'confirmed', changedBy: 'import' }],
    });
    expect(await consentsOf(house.db, adaHash)).toMatchObject([
      { act: 'confirmed', digest: 'daily', way: 'import', at: Date.parse('2024-03-05T10:00:00Z') },
    ]);
    expect((await consentsOf(house.db, adaHash))[0]?.wording).toMatch(/readers\.csv:2$/);
  });

  it('changes nothing when it is run again, also with every kind of no in it', async () => {
    const text = `email,state\n${ada},confirmed\nbo@example.org,unsubscribed\ncy@example.org,cleaned\ndi@example.org,pending\n`;
    await house.import(text);
    const before = await allRows();
    const again = await house.import(text, { at: now + 5_000 });
    expect(again.counts).toMatchObject({
      added: 0,
      subscribed: 0,
      unsubscribed: 0,
      suppressed: 0,
      pending: 1,
    });
    expect(await allRows()).toEqual(before);
  });

  it('takes a no of the file as one, with its reason, and stores no address only to say so', async () => {
    await house.import(`email,state\n${ada},confirmed\nbo@example.org,confirmed\n`);
    const report = await house.import(
      `email,state\n${ada},unsubscribed\nbo@example.org,complained\ncy@example.org,bounced\ndi@example.org,pending\n`,
    );
    expect(report.counts).toMatchObject({ unsubscribed: 1, suppressed: 2, pending: 1, added: 0 });
    expect(await house.standing(ada)).toEqual({
      states: { daily: 'unsubscribed' },
      noMail: { daily: 'unsubscribed' },
    });
    expect((await house.standing('bo@example.org')).noMail).toEqual({ '*': 'complained' });
    expect(await house.standing('cy@example.org')).toEqual({ states: {}, noMail: { '*': 'bounced' } });
    expect(await house.standing('di@example.org')).toEqual({ states: {}, noMail: {} });
    expect(await findSubscriber(house.db, tokens.addressHash('cy@example.org'))).toBeUndefined();
  });

  it.each(['unsubscribed', 'complained'])(
    'never turns a %s into a yes by a later row, in any spelling',
    async (no) => {
      const rows = Array.from({ length: 30 }, (_, at) => `reader${at}@example.org,confirmed\n`).join('');
      const { counts } = await house.import(`email,state\n${ada},${no}\n${rows}ADA@Example.org,confirmed\n`);
      expect(counts).toMatchObject({ subscribed: 30, keptOut: 1 });
      expect((await house.standing(ada)).states['daily']).not.toBe('confirmed');
    },
  );

  it('turns a yes into a no by a later row', async () => {
    const { counts } = await house.import(`email,state\n${ada},confirmed\n${ada},unsubscribed\n`);
    expect(counts).toMatchObject({ added: 1, subscribed: 1, unsubscribed: 1 });
    expect((await house.standing(ada)).states).toEqual({ daily: 'unsubscribed' });
  });

  it('keeps out who was erased: no row of a subscriber, no mail', async () => {
    await house.import(`email\n${ada}\n`);
    await eraseAddress(house.db, adaHash, now);
    for (const state of ['confirmed', 'unsubscribed', 'bounced'])
      await house.import(`email,state\n${ada},${state}\n`);
    expect(await findSubscriber(house.db, adaHash)).toBeUndefined();
    expect((await house.standing(ada)).noMail).toEqual({ '*': 'erased' });
    expect((await house.import(`email\n${ada}\n`)).counts).toMatchObject({ erased: 1, added: 0 });
  });

  it('keeps out who bounced here, and who left one digest, from that one', async () => {
    await suppress(house.db, { addressHash: adaHash, digest: '*', reason: 'hard bounce', now });
    const bo = tokens.addressHash('bo@example.org');
    await suppress(house.db, { addressHash: bo, digest: 'daily', reason: 'unsubscribed', now });
    const { counts } = await house.import(`email\n${ada}\nbo@example.org\n`, { into: ['daily', 'weekly'] });
    expect(counts).toMatchObject({ keptOut: 3, subscribed: 1 });
    expect((await house.standing(ada)).states).toEqual({});
    expect((await house.standing('bo@example.org')).states).toEqual({ weekly: 'confirmed' });
  });

  /** By the link of a confirm mail. */
  const saidYes = (): Promise<void> =>
    recordConsents(house.db, [
      { addressHash: adaHash, digest: 'daily', act: 'confirmed', at: now, way: 'link' },
    ]);

  it('takes no choice of a reader for a yes', async () => {
    await house.import(`email\n${ada}\n`);
    const { id = 0 } = (await findSubscriber(house.db, adaHash)) ?? {};
    const fewer = { digest: 'daily', state: 'confirmed', cadence: 'every', topics: ['llm'] } as const;
    await setSubscription(house.db, id, fewer, 'reader', now);
    const { counts } = await house.import(`email,state,saidAt\n${ada},unsubscribed,2021-01-01\n`);
    expect(counts).toMatchObject({ overruled: 0, unsubscribed: 1 });
    expect((await house.standing(ada)).states).toEqual({ daily: 'unsubscribed' });
  });

  it('leaves a reader in whose own yes is later than the no of the file', async () => {
    await house.import(`email\n${ada}\n`);
    await saidYes();
    const older = await house.import(`email,state,saidAt\n${ada},unsubscribed,2021-01-01\n`);
    expect(older.counts).toMatchObject({ overruled: 1, unsubscribed: 0 });
    await house.import(`email,state\n${ada},unsubscribed\n`, { at: now + 1 });
    expect((await house.standing(ada)).states).toEqual({ daily: 'unsubscribed' });
  });

  it('leaves a reader in whose own yes is later than a no to all mail of the file', async () => {
    await house.import(`email\n${ada}\n`);
    await saidYes();
    const header = 'email,digest,state,saidAt,noMail';
    const older = await house.import(`${header}\n${ada},daily,unsubscribed,2021-01-01,unsubscribed\n`);
    expect(older.counts).toMatchObject({ overruled: 1, suppressed: 0 });
    expect(await house.standing(ada)).toEqual({ states: { daily: 'confirmed' }, noMail: {} });
    await house.import(`${header}\n${ada},daily,unsubscribed,2021-01-01,complaint\n`);
    expect((await house.standing(ada)).noMail).toEqual({ '*': 'complaint' });
  });

  it('leaves what known readers chose as it is', async () => {
    await house.import(`email,name,topics\n${ada},Ada,llm\n`);
    const { counts } = await house.import(`email,name,topics\n${ada},Somebody,agents\n`);
    expect(counts).toMatchObject({ unchanged: 1, subscribed: 0 });
    expect(await findSubscriber(house.db, adaHash)).toMatchObject({
      name: 'Ada',
      subscriptions: [{ topics: ['llm'] }],
    });
  });

  it('gives each digest the topics that it has, and none of it where it has none of them', async () => {
    await house.import(`email,topics\n${ada},agents llm\nbo@example.org,robotics\n`, {
      into: ['daily', 'weekly'],
    });
    expect((await findSubscriber(house.db, adaHash))?.subscriptions).toMatchObject([
      { digest: 'daily', topics: ['agents', 'llm'] },
      { digest: 'weekly', topics: ['llm'] },
    ]);
    expect((await house.standing('bo@example.org')).states).toEqual({ weekly: 'confirmed' });
  });

  it('names a faulty row by its line and goes on', async () => {
    const { told, counts } = await house.import(
      `email,name,topics,state,hour\nnot an address,,,,\n${ada},"two\nlines",,,\nbo@example.org,,rowing,,\ncy@example.org\ndi@example.org,,,maybe,\ned@example.org,,,,25:00\nflo@example.org,,,,7:30\n`,
    );
    expect(told.map((line) => line.replace(/:.*/s, ''))).toEqual(['2', '5', '6', '7', '8']);
    expect(counts).toMatchObject({ added: 2, subscribed: 2 });
    expect(await findSubscriber(house.db, adaHash)).toMatchObject({ name: 'two lines' });
  });

  it('hears the no of a row that is faulty otherwise', async () => {
    await house.import(`email\n${ada}\n`);
    const { told } = await house.import(`email,name,state\n${ada},Ada,x,unsubscribed\n`);
    expect(told).toHaveLength(1);
    expect((await house.standing(ada)).states).toEqual({ daily: 'unsubscribed' });
  });

  it('hears the no of a row whose address has a name beside it', async () => {
    await house.import(`email\n${ada}\n`);
    const { told } = await house.import(`email,state\nAda L <${ada}>,unsubscribed\n`);
    expect(told).toHaveLength(1);
    expect((await house.standing(ada)).states).toEqual({ daily: 'unsubscribed' });
  });

  it('takes a no for all that the row names, whatever its topics are', async () => {
    const into = ['daily', 'weekly'];
    await house.import(`email\n${ada}\n`, { into });
    await house.import(`email,state,topics\n${ada},unsubscribed,agents\n`, { into });
    expect((await house.standing(ada)).states).toEqual({ daily: 'unsubscribed', weekly: 'unsubscribed' });
  });

  it('finishes what was broken off when it is run again', async () => {
    const rows = Array.from({ length: 50 }, (_, at) => `reader${at}@example.org\n`);
    await house.import(`email\n${rows.slice(0, 20).join('')}`);
    const { counts } = await house.import(`email\n${rows.join('')}`);
    expect(counts).toMatchObject({ added: 30, unchanged: 20 });
  });

  it('stores any number of rows, more than a block', async () => {
    const rows = Array.from({ length: 21_000 }, (_, at) => `reader${at % 20_500}@example.org,Reader ${at}\n`);
    const { counts, rows: read } = await house.import(`email,name\n${rows.join('')}`);
    expect(read).toBe(21_000);
    expect(counts).toMatchObject({ added: 20_500, subscribed: 20_500, unchanged: 500 });
  });
});

describe('the columns of an import', () => {
  it('refuse a file with one that nobody named, for it may be the one that says who left', async () => {
    const { told, counts } = await house.import(`email,Abgemeldet\n${ada},ja\n`);
    expect(told).toEqual([
      expect.stringMatching(/^1: the column Abgemeldet may say who left; .*nothing of this file was used/),
    ]);
    expect(counts.added).toBe(0);
    expect((await house.import(`email,Telefon\n${ada},1\n`, { map: ['Telefon=-'] })).counts.added).toBe(1);
  });

  it('can be named on the command line', async () => {
    const { counts, columns } = await house.import(
      `Adresse;Vorname;Nachname;Stand;Ort\n${ada};Ada;L;unsubscribed;Ulm\n`,
      {
        map: ['Adresse=address', 'Vorname=first', 'nachname=last', 'Stand=state', '*=-'],
      },
    );
    expect(columns).toEqual({ address: 'Adresse', first: 'Vorname', last: 'Nachname', state: 'Stand' });
    expect(counts).toMatchObject({ unsubscribed: 1 });
  });

  it.each([
    ['no column of addresses', 'name\nAda\n', [], 'expected a header row with a column of addresses'],
    ['two columns of addresses', `email,address\n${ada},${ada}\n`, [], 'two columns are address'],
    [
      'a mapped column that is not there',
      `email\n${ada}\n`,
      ['Mail=address'],
      'which the file does not have',
    ],
    ['nothing', '', [], 'got an empty file'],
  ])('are a fault with %s', async (_, text, map, message) => {
    expect((await house.import(text, { map })).told).toEqual([expect.stringContaining(message)]);
  });

  it('of yes and no, mapped to noMail, bar nobody for good: a yes is a no that its owner can take back', async () => {
    const map = ['Opted out=noMail'];
    await house.import(`email,Opted out\n${ada},No\nbo@example.org,yes\ncy@example.org,FALSE\n`, { map });
    expect(await house.standing(ada)).toEqual({ states: { daily: 'confirmed' }, noMail: {} });
    expect((await house.standing('bo@example.org')).noMail).toMatchObject({ '*': 'unsubscribed' });
    expect((await house.standing('cy@example.org')).noMail).toEqual({});
  });

  it('are not enough where nobody says which digest is meant', async () => {
    expect((await house.import(`email\n${ada}\n`, { into: [] })).told).toEqual([
      expect.stringContaining('--digest'),
    ]);
    expect((await house.import(`email,digest\n${ada},weekly\n`, { into: [] })).counts.subscribed).toBe(1);
  });
});

async function allRows(): Promise<unknown> {
  const { db } = house;
  return {
    subscribers: await db
      .selectFrom('subscribers')
      .select(['id', 'address', 'changed_at'])
      .orderBy('id')
      .execute(),
    subscriptions: await db
      .selectFrom('subscriptions')
      .select(['subscriber_id', 'digest', 'state', 'changed_at'])
      .orderBy('subscriber_id')
      .execute(),
    suppressions: await db
      .selectFrom('suppressions')
      .select(['address_hash', 'digest', 'reason', 'since_at'])
      .orderBy('address_hash')
      .execute(),
    consents: await db.selectFrom('consents').select(['id', 'address_hash', 'at']).orderBy('id').execute(),
  };
}
