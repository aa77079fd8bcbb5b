import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerMailer } from '../../src/deliver/edition-mail.ts';
import { prepareDeliveries } from '../../src/deliver/prepare.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { Edition } from '../../src/domain/edition.ts';
import { noFollows, type Cadence, type Follows } from '../../src/domain/subscriber.ts';
import { hourMs, utcMidnight } from '../../src/domain/time.ts';
import { combined, openIssues } from '../../src/edition/shown-editions.ts';
import { compileDigestMail } from '../../src/render/mail/digest-mail.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { claimDeliveries, recordOutcome } from '../../src/store/leases.ts';
import { findSubscriber, insertSubscribers, setSubscription } from '../../src/store/subscribers.ts';
import { createTokens } from '../../src/subscribers/tokens.ts';
import { samplePaper, samplePick, sampleEdition, sampleSite } from '../render/edition-sample.ts';
import { shippedTemplates } from '../render/mail/mail-sample.ts';
import { unquoted } from '../serve/reader-site.ts';

const tokens = createTokens('an invented secret, only for tests');
const sender = { from: { name: 'The Paper', address: 'paper@example.org' } };
const mail = await compileDigestMail(shippedTemplates());
let db: Database;
let number: number;
beforeEach(async () => {
  db = await openDatabase(':memory:');
  number = 0;
});
afterEach(() => db.destroy());

const publishedAt = (date: string): number => utcMidnight(date) + 6 * hourMs;

async function join(name: string, cadence: Cadence, more: { follows?: Follows; muted?: string[] } = {}) {
  const address = `${name}@example.net`;
  const subscription = { digest: 'daily', state: 'confirmed' as const, cadence };
  const own = { origin: 'operator', by: 'operator', follows: noFollows, muted: [], ...more } as const;
  const addressHash = tokens.addressHash(address);
  await insertSubscribers(db, [{ ...own, address, addressHash, subscriptions: [subscription] }], 0);
}

/** From a day on, right after its mail. */
async function change(name: string, cadence: Cadence, date: string): Promise<void> {
  const found = await findSubscriber(db, tokens.addressHash(`${name}@example.net`));
  const choice = { digest: 'daily', state: 'confirmed' as const, cadence };
  await setSubscription(db, found?.id ?? 0, choice, 'reader', publishedAt(date) + hourMs);
}

/** Publishes an edition of one paper, freezes its audience and lets every mail arrive; returns the deliveries. */
async function publish(date: string): Promise<readonly Delivery[]> {
  number += 1;
  const paper = samplePaper(`0000${number}`, { title: `The paper of ${date}` });
  const edition: Edition = {
    ...sampleEdition,
    digest: 'daily',
    editionDate: date,
    number,
    publishedAt: publishedAt(date),
    zone: 'Etc/UTC',
    sections: [{ topic: 'agents', name: 'Agents', picks: [samplePick(1, 'agents', paper)] }],
    outside: [],
    updated: [],
    alsoNew: [],
  };
  const { id: editionId } = await db
    .insertInto('editions')
    .values({
      digest: 'daily',
      edition_date: date,
      number,
      published_at: edition.publishedAt,
      prepared_at: null,
      content: JSON.stringify(edition),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const now = edition.publishedAt;
  await prepareDeliveries({
    db,
    editionId,
    edition,
    combined: (covers) => combined(db, edition, covers),
    tokens,
    fromAddress: sender.from.address,
    now,
  });
  const claim = { owner: 'test', limit: 99, now, leaseUntil: now + hourMs, publishedSince: 0 };
  const deliveries = await claimDeliveries(db, claim);
  for (const delivery of deliveries) {
    const times = { startedAt: now, now, nextAttemptAt: now };
    await recordOutcome(db, delivery, { result: 'accepted', reply: '250 ok' }, times);
  }
  return deliveries;
}

async function publishAll(...dates: readonly string[]): Promise<void> {
  for (const date of dates) await publish(date);
}

/** The mail as it leaves, by a mailer that knows nothing yet. */
async function written(delivery: Delivery | undefined): Promise<string> {
  if (!delivery) throw new Error('expected a delivery, got none');
  const { raw } = await ledgerMailer({
    issueOf: openIssues(db),
    site: sampleSite,
    mail: () => Promise.resolve(mail),
    sender,
    unsubscribeToken: (to) => tokens.sign('unsubscribe', to),
  })(delivery);
  return Buffer.from(raw).toString('latin1');
}

const decoded = (raw: string): string => Buffer.from(unquoted(raw), 'latin1').toString();

const covers = (deliveries: readonly Delivery[]) =>
  Object.fromEntries(deliveries.map(({ address, covers: span }) => [address.split('@')[0], span ?? 'alone']));
const wholeWeek = { fromDate: '2026-11-16', toDate: '2026-11-22' };

describe('the mail of a week', () => {
  it('goes out with the first edition after it and has all of its days, the same bytes each time', async () => {
    await join('ada', 'weekly');
    await publishAll('2026-11-16', '2026-11-17', '2026-11-20');
    const [ada] = await publish('2026-11-24');
    const raw = await written(ada);
    expect(await written(ada)).toBe(raw);
    const text = decoded(raw);
    expect(text).toContain(`Message-ID: ${ada?.messageId}`);
    expect(text).toContain('Date: Tue, 24 Nov 2026 06:00:00 +0000');
    expect(text).toContain('Week of 16 to 20 November 2026 · Nos. 1 to 3');
    expect(text).toMatch(/^Subject: .*Week of 16 to 20 November 2026|Subject: =\?UTF-8/m);
    for (const date of ['2026-11-16', '2026-11-17', '2026-11-20']) {
      expect(text).toContain(`The paper of ${date}`);
      expect(text).toContain(`/editions/daily/${date}/`);
    }
    expect(text).not.toContain('The paper of 2026-11-24');
    expect(await publish('2026-11-25')).toEqual([]);
  });

  it('names the sources that were missing, with their days', async () => {
    await join('ada', 'weekly');
    await publishAll('2026-11-16', '2026-11-17');
    const text = decoded(await written((await publish('2026-11-23'))[0]));
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Mon 16 Nov, Tue 17 Nov: Listing of Physics could not be read',
    );
  });

  it('is never one of a week without editions', async () => {
    await join('ada', 'weekly');
    await publishAll('2026-11-16', '2026-11-30');
    expect(covers(await publish('2026-12-14'))).toEqual({
      ada: { fromDate: '2026-11-30', toDate: '2026-12-06' },
    });
  });
});

describe('the mail of a month', () => {
  it('goes out with the first edition after it', async () => {
    await join('ada', 'monthly');
    await publishAll('2026-11-03', '2026-11-16', '2026-11-27');
    const [ada] = await publish('2026-12-01');
    expect(covers(ada ? [ada] : [])).toEqual({ ada: { fromDate: '2026-11-01', toDate: '2026-11-30' } });
    expect(decoded(await written(ada))).toContain('November 2026 · Nos. 1 to 3');
  });
});

describe('who changes how often mail comes', () => {
  it('from daily to weekly gets the rest of the week on Monday', async () => {
    await join('ada', 'every');
    await publishAll('2026-11-16', '2026-11-17', '2026-11-18');
    await change('ada', 'weekly', '2026-11-18');
    await publishAll('2026-11-19', '2026-11-20');
    expect(covers(await publish('2026-11-23'))).toEqual({
      ada: { fromDate: '2026-11-19', toDate: '2026-11-20' },
    });
    expect(await publish('2026-11-24')).toEqual([]);
    expect(covers(await publish('2026-11-30'))).toEqual({
      ada: { fromDate: '2026-11-23', toDate: '2026-11-29' },
    });
  });

  it('from weekly to daily gets, with the next edition, those since the last weekly mail', async () => {
    await join('ada', 'weekly');
    await join('bo', 'every');
    await publishAll('2026-11-10', '2026-11-16', '2026-11-17', '2026-11-18');
    await change('ada', 'every', '2026-11-18');
    expect(covers(await publish('2026-11-19'))).toEqual({
      ada: { fromDate: '2026-11-16', toDate: '2026-11-19' },
      bo: 'alone',
    });
    expect(covers(await publish('2026-11-20'))).toEqual({ ada: 'alone', bo: 'alone' });
  });

  it('from monthly to weekly gets all of the month that is left', async () => {
    await join('ada', 'monthly');
    await publishAll('2026-10-30', '2026-11-02', '2026-11-09');
    await change('ada', 'weekly', '2026-11-09');
    await publish('2026-11-10');
    expect(covers(await publish('2026-11-16'))).toEqual({
      ada: { fromDate: '2026-11-02', toDate: '2026-11-10' },
    });
  });

  it('waits for the first whole week when they are new', async () => {
    await publishAll('2026-11-16', '2026-11-17');
    await join('ada', 'weekly');
    await publish('2026-11-18');
    expect(covers(await publish('2026-11-23'))).toEqual({ ada: wholeWeek });
  });
});

describe('whom a reader follows and what they mute', () => {
  it('is frozen with the delivery', async () => {
    await join('ada', 'every', { follows: { ...noFollows, authors: ['Ada Example'] } });
    const [ada] = await publish('2026-11-16');
    const before = await written(ada);
    await db.updateTable('subscribers').set({ follows: '{}' }).execute();
    expect(await written(ada)).toBe(before);
    expect(decoded(before)).toContain('From those you follow · 1 shown');
  });

  it('hides a paper from the mail of a week, which says so', async () => {
    await join('ada', 'weekly', { muted: ['paper of 2026 11 17'] });
    await publishAll('2026-11-16', '2026-11-17');
    const text = decoded(await written((await publish('2026-11-23'))[0]));
    expect(text).toContain('The paper of 2026-11-16');
    expect(text).not.toContain('The paper of 2026-11-17');
    expect(text).toContain('hidden by your muted words');
  });
});
