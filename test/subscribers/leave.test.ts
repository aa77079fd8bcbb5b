import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseAddress } from '../../src/store/erasure.ts';
import { keepInboundMessage } from '../../src/store/inbound-messages.ts';
import { leave } from '../../src/subscribers/leave.ts';
import type { OutgoingMessage, Transport } from '../../src/deliver/transport.ts';
import { now, openLedger, sendDue, tokens, type Ledger } from '../deliver/ledger.ts';

const ada = 'ada@example.net';
const bo = 'bo@example.net';
const leaver = { addressHash: tokens.addressHash(ada), way: 'link' };

let ledger: Ledger;
let went: OutgoingMessage[];
let atOnce: () => Promise<void>;
const transport: Transport = {
  name: 'test',
  async submit(message, beforeHandover) {
    // The reader leaves while the mail is on its way, before its last bytes.
    if (message.to === ada) await atOnce();
    if (!(await beforeHandover())) return { result: 'deferred', reply: 'withdrawn' };
    went.push(message);
    return { result: 'accepted', reply: '250' };
  },
  close: async () => {},
};
beforeEach(async () => {
  ledger = await openLedger([ada, bo]);
  went = [];
  atOnce = async () => {};
});
afterEach(() => ledger.close());

describe('a mail that waits', () => {
  it('goes out when nobody leaves', async () => {
    await sendDue(ledger.db, transport, now);
    expect(went.map(({ to }) => to).toSorted()).toEqual([ada, bo]);
  });

  it.each([
    ['the digest', { what: 'digest', digest: 'daily' }],
    ['everything', { what: 'everything' }],
  ] as const)('is not sent after its reader left %s, even in the last moment', async (_what, leaving) => {
    atOnce = () => leave(ledger.db, leaver, leaving, [], now);
    await sendDue(ledger.db, transport, now);
    expect(went.map(({ to }) => to)).toEqual([bo]);
  });

  it('is not sent after an erasure, and its row names nobody', async () => {
    atOnce = () => eraseAddress(ledger.db, leaver.addressHash, now);
    await sendDue(ledger.db, transport, now);
    expect(went.map(({ to }) => to)).toEqual([bo]);
    const rows = await ledger.db
      .selectFrom('deliveries')
      .select(['address', 'state'])
      .orderBy('id')
      .execute();
    expect(rows).toEqual([
      { address: '', state: 'suppressed' },
      { address: bo, state: 'accepted' },
    ]);
  });
});

describe('an erasure', () => {
  it('keeps a complaint from before, so that no yes lifts it, and done again changes nothing', async () => {
    const { addressHash } = leaver;
    await ledger.db
      .insertInto('suppressions')
      .values({ address_hash: addressHash, digest: '*', reason: 'complaint', since_at: now })
      .execute();
    for (let round = 0; round < 2; round += 1) await eraseAddress(ledger.db, addressHash, now + round);
    const rows = await ledger.db.selectFrom('suppressions').select(['reason', 'since_at']).execute();
    expect(rows).toEqual([{ reason: 'erased, complaint', since_at: now }]);
  });

  it('leaves no mail that names the address, and none of them counts again', async () => {
    const { addressHash } = leaver;
    const raw = Buffer.from(`Subject: Undelivered\r\n\r\n<${ada}>: no such user\r\n`);
    const mail = { raw, envelopeTo: [ada], via: 'file', receivedAt: now };
    expect(await keepInboundMessage(ledger.db, mail)).toBe(true);
    await eraseAddress(ledger.db, addressHash, now);
    expect(await keepInboundMessage(ledger.db, mail)).toBe(false);
    const rows = await ledger.db.selectFrom('inbound_messages').select(['raw', 'envelope_to']).execute();
    expect(rows).toHaveLength(1);
    expect(Buffer.from(rows[0]?.raw ?? []).toString()).not.toContain(ada);
    expect(rows[0]?.envelope_to).not.toContain(ada);
  });
});
