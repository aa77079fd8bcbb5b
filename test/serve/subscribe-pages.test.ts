import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../../src/domain/time.ts';
import { consentsOf } from '../../src/store/consents.ts';
import { isSuppressed, suppress } from '../../src/store/suppressions.ts';
import { sampleSite } from '../render/edition-sample.ts';
import { openReaderSite, pathIn, tokens, unquoted, type ReaderSite } from './reader-site.ts';

let site: ReaderSite;
beforeEach(async () => {
  site = await openReaderSite(sampleSite);
});
afterEach(() => site[Symbol.asyncDispose]());

const ada = 'ada@example.net';
const hashOf = (address: string): string => tokens.addressHash(address);
const textOf = async (answer: Response | Promise<Response>): Promise<string> => (await answer).text();
const lastPath = (): string => pathIn(site.mails.at(-1), sampleSite);
const no = (address: string, reason: string, digest = '*'): Promise<void> =>
  suppress(site.db, { addressHash: hashOf(address), digest, reason, now: site.now() });

describe('signing up', () => {
  it('subscribes nobody before the button on the page behind the mailed link', async () => {
    const answer = await site.signUp(ada, {
      topic: ['daily/agents'],
      cadence: 'weekdays',
      hour: '07:00',
      zone: 'Europe/Berlin',
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('look into your mailbox');
    expect(await site.subscriber(ada)).toBeUndefined();
    expect(await site.deliver()).toMatchObject({ sent: 1 });
    const path = lastPath();
    expect(path).toMatch(/^\/c\//);
    expect(await textOf(site.get(path))).toContain('I want to get these mails');
    expect(await site.subscriber(ada)).toBeUndefined();

    expect(await textOf(site.post(path, {}))).toContain('You are subscribed');
    expect(await site.subscriber(ada)).toMatchObject({
      address: ada,
      origin: 'sign-up',
      hour: { minuteOfDay: 420, zone: 'Europe/Berlin' },
      subscriptions: [
        { digest: 'daily', state: 'confirmed', topics: ['agents'], cadence: 'weekdays', changedBy: 'reader' },
      ],
    });
  });

  it('keeps the proof: when, how and to which text they said yes', async () => {
    await site.join(ada);
    expect(await consentsOf(site.db, hashOf(ada))).toMatchObject([
      { digest: 'daily', act: 'asked', way: 'form', wording: expect.stringContaining('I want') },
      { digest: 'daily', act: 'confirmed', way: 'link', wording: expect.stringContaining('I want') },
    ]);
  });

  it('says the same to a known, an unknown, an erased and a complaining address, and writes the same rows', async () => {
    await site.join(ada);
    await no('erased@example.net', 'erased');
    await no('angry@example.net', 'complaint');
    const answers = new Set<string>();
    for (const address of [ada, 'new@example.net', 'erased@example.net', 'angry@example.net']) {
      const answer = await site.signUp(address);
      answers.add(`${answer.status} ${await answer.text()}`);
    }
    expect(answers.size).toBe(1);
    const waiting = await site.db
      .selectFrom('notices')
      .select('kind')
      .where('state', '=', 'waiting')
      .execute();
    expect(waiting).toEqual(Array.from({ length: 4 }, () => ({ kind: 'confirm' })));
  });

  it('mails the button to an unknown and an erased address, preferences to a subscriber, nothing after a complaint', async () => {
    await site.join(ada);
    await no('erased@example.net', 'erased');
    await no('angry@example.net', 'complaint');
    const before = site.mails.length;
    for (const address of [ada, 'erased@example.net', 'angry@example.net', 'new@example.net'])
      await site.signUp(address);
    expect(await site.deliver()).toMatchObject({ sent: 3, dropped: 1 });
    const went = site.mails.slice(before).map((mail) => `${mail.to} ${pathIn(mail, sampleSite).slice(0, 3)}`);
    expect(went.toSorted()).toEqual([`${ada} /m/`, 'erased@example.net /c/', 'new@example.net /c/']);
  });

  it('takes about as long for a known as for an unknown address', async () => {
    await site.join(ada);
    const open = await openReaderSite(sampleSite, {
      limits: { perAddressADay: 1_000, perClientAnHour: 1_000, totalAnHour: 10_000 },
      db: site.db,
    });
    const median = async (address: (round: number) => string): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 25; round += 1) {
        const from = performance.now();
        await textOf(open.signUp(address(round)));
        times.push(performance.now() - from);
      }
      return times.toSorted((a, b) => a - b)[12] ?? 0;
    };
    await median((round) => `warm${round}@example.net`);
    const known = await median(() => ada);
    const unknown = await median((round) => `new${round}@example.net`);
    expect(known / unknown).toBeGreaterThan(1 / 3);
    expect(known / unknown).toBeLessThan(3);
    await open[Symbol.asyncDispose]();
  });

  it('sends an address three such mails a day at most, however often it is typed, in any spelling', async () => {
    for (let round = 0; round < 10; round += 1)
      await site.signUp(round % 2 === 0 ? ada : ' ADA@Example.NET ');
    expect(await site.deliver()).toMatchObject({ sent: 3 });
    site.wait(dayMs);
    await site.signUp(ada);
    expect(await site.deliver()).toMatchObject({ sent: 1 });
  });

  it('sends no more than its total an hour, and keeps no row for what is beyond it', async () => {
    const small = await openReaderSite(sampleSite, {
      limits: { perAddressADay: 3, perClientAnHour: 20, totalAnHour: 5 },
    });
    for (let round = 0; round < 40; round += 1) {
      const stamp = tokens.stamp(small.now() - 60_000);
      const fields = { do: 'join', at: stamp, address: `a${round}@example.net`, digest: 'daily' };
      expect((await small.post('/subscribe/', fields)).status).toBe(200);
    }
    expect(await small.deliver()).toMatchObject({ sent: 5 });
    expect(await small.db.selectFrom('request_counts').select('subject').execute()).toHaveLength(6);
    await small[Symbol.asyncDispose]();
  });

  it('puts no text of a stranger into the mail', async () => {
    await site.signUp('"Win a prize at spam.example" <ada@example.net>', { name: 'BUY AT spam.example' });
    await site.signUp(ada, {
      name: 'BUY AT spam.example',
      topic: 'daily/spam.example',
      digest: ['daily', 'spam.example'],
    });
    expect(await site.deliver()).toMatchObject({ sent: 1 });
    expect(unquoted(Buffer.from(site.mails[0]?.raw ?? '').toString())).not.toContain('spam.example');
  });

  it('marks its mails as made by a machine', async () => {
    await site.signUp(ada);
    await site.deliver();
    const raw = Buffer.from(site.mails[0]?.raw ?? '').toString();
    expect(raw).toContain('Auto-Submitted: auto-generated\r\n');
    expect(raw).toContain('hello@example.org');
    expect(raw).not.toContain('List-Id');
    expect(site.mails[0]?.from).toBe('hello@example.org');
  });

  it.each([
    ['no address at all', ''],
    ['two of them', 'a@example.net,b@example.net'],
    ['a new header', 'a@example.net\r\nBcc: all@example.net'],
    ['a NUL', 'a\0@example.net'],
    ['320 characters', `${'a'.repeat(64)}@${'b'.repeat(251)}.net`],
    ['a local part of 65', `${'a'.repeat(65)}@example.net`],
    ['quotes', '"a b"@example.net'],
    ['a role', 'Postmaster+news@example.net'],
    ['a domain that is none', 'a@exa_mple..net'],
  ])('refuses %s with a sentence and keeps what was filled in', async (_what, address) => {
    const answer = await site.signUp(address, { cadence: 'weekdays' });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain('role="alert"');
    expect(html).toMatch(/value="weekdays" selected/);
    expect(await site.db.selectFrom('requests').select('id').execute()).toEqual([]);
  });

  it('takes an internationalised address', async () => {
    await site.join('ådå@bücher.example');
    expect(await site.subscriber('ÅDÅ@bücher.example')).toMatchObject({ address: 'ådå@bücher.example' });
  });

  it('answers the robot that fills every field, and does nothing', async () => {
    const answer = await site.signUp(ada, { remark: 'http://spam.example' });
    expect(await answer.text()).toContain('look into your mailbox');
    expect(await site.db.selectFrom('requests').select('id').execute()).toEqual([]);
  });

  it('shows the page, filled in, to a form on another site, one that came back at once, and one of yesterday', async () => {
    const old = tokens.stamp(site.now() - 2 * dayMs);
    for (const at of ['', tokens.stamp(site.now()), old, 'forged.AAAAAAAAAAAAAAAA']) {
      const answer = await site.post('/subscribe/', { address: ada, at, digest: 'daily' });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain(`value="${ada}"`);
    }
    expect(await site.db.selectFrom('requests').select('id').execute()).toEqual([]);
  });

  it('asks for the calculation where the operator wants it', async () => {
    const guarded = await openReaderSite(sampleSite, { workBits: 8 });
    expect((await guarded.signUp(ada)).status).toBe(422);
    const at = tokens.stamp(guarded.now() - 5_000);
    const statuses = new Set<number>();
    for (let work = 0; work < 5_000 && !statuses.has(200); work += 1) {
      const fields = { do: 'join', at, address: ada, digest: 'daily', work: String(work) };
      statuses.add((await guarded.post('/subscribe/', fields)).status);
    }
    expect([...statuses]).toEqual([422, 200]);
    await guarded[Symbol.asyncDispose]();
  });

  it('forgets an address that nobody confirmed', async () => {
    await site.signUp(ada);
    await site.deliver();
    const path = lastPath();
    site.wait(8 * dayMs);
    expect(await textOf(site.post(path, {}))).toContain('This link is too old');
    await site.deliver();
    expect(await site.db.selectFrom('requests').select('id').execute()).toEqual([]);
    expect(await site.subscriber(ada)).toBeUndefined();
  });
});

describe('coming back', () => {
  it('lifts the own no to that digest alone', async () => {
    await site.join(ada, { digest: ['daily', 'weekly'] });
    await site.post(site.preferencesPath(ada), { do: 'leave-all' });
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(true);
    await site.join(ada);
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(false);
    expect(await isSuppressed(site.db, hashOf(ada), 'weekly')).toBe(true);
    expect(await site.subscriber(ada)).toMatchObject({
      subscriptions: [
        { digest: 'daily', state: 'confirmed' },
        { digest: 'weekly', state: 'unsubscribed' },
      ],
    });
  });

  it.each(['complaint', 'hard bounce: no such mailbox'])('lifts no %s', async (reason) => {
    await site.signUp(ada);
    await site.deliver();
    const path = lastPath();
    await no(ada, reason);
    expect(await textOf(site.get(path))).toContain('No mail can be sent to this address');
    expect(await textOf(site.post(path, {}))).toContain('No mail can be sent to this address');
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(true);
    expect(await site.subscriber(ada)).toBeUndefined();
  });

  it('does not happen by an old confirmation link', async () => {
    await site.signUp(ada);
    await site.deliver();
    const path = lastPath();
    await site.post(path, {});
    await site.post(site.preferencesPath(ada), { do: 'leave', digest: 'daily' });
    await site.post(path, {});
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(true);
    expect(await site.subscriber(ada)).toMatchObject({ subscriptions: [{ state: 'unsubscribed' }] });
  });
});

describe('a lost link', () => {
  it('goes to a subscriber and to nobody else, with the same answer', async () => {
    await site.join(ada);
    const answers = new Set<string>();
    for (const address of [ada, 'stranger@example.net']) {
      answers.add(await textOf(site.signUp(address, { do: 'link' })));
    }
    expect(answers.size).toBe(1);
    expect(await site.deliver()).toMatchObject({ sent: 1, dropped: 1 });
    expect(site.mails.at(-1)?.to).toBe(ada);
    expect(lastPath()).toBe(site.preferencesPath(ada));
  });
});
