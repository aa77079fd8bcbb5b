import { afterEach, beforeEach, expect, it } from 'vitest';
import { addBounceEvent } from '../../src/store/inbound-events.ts';
import {
  finishInboundMessage,
  forgetInbound,
  keepInboundMessage,
  rawInboundMessage,
  waitingInboundMessages,
} from '../../src/store/inbound-messages.ts';
import { now, openLedger, tokens, type Ledger } from '../deliver/ledger.ts';

const reader = 'ada@example.net';
const hash = tokens.addressHash(reader);

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger([reader]);
});
afterEach(() => ledger.close());

const message = (text: string, envelopeTo: readonly string[] = []) => ({
  via: 'smtp',
  receivedAt: now,
  envelopeTo,
  raw: Buffer.from(text),
});

/** Stores a message and ends it unless it shall wait; its number. */
async function kept(text: string, { waits = false, to = [] as readonly string[] } = {}): Promise<number> {
  await keepInboundMessage(ledger.db, message(text, to));
  const [stored] = await waitingInboundMessages(ledger.db, { after: 0, limit: 1 });
  const id = stored?.id ?? 0;
  if (!waits) await finishInboundMessage(ledger.db, id, { state: 'done', reason: 'hard', now });
  return id;
}

const textOf = async (id: number) => Buffer.from((await rawInboundMessage(ledger.db, id)) ?? []).toString();

async function event(eventId: string, addressHash: string, messageId?: number): Promise<void> {
  await addBounceEvent(ledger.db, {
    provider: 'mail',
    eventId,
    ...(messageId !== undefined && { messageId }),
    addressHash,
    kind: 'hard',
    diagnostic: `550 <${reader}>: no such user`,
    happenedAt: now,
    receivedAt: now,
    action: 'note: a bounce',
  });
}

it('who is erased is forgotten in what came in; what is about others stays', async () => {
  const named = await kept('Final-Recipient: rfc822; Ada@Example.net\r\n');
  const coded = await kept('Return-Path: <bounces+ada=example.net@example.org>\r\n');
  const quoted = await kept('the address ada@exam=\r\nple.net, or ada=40example.net\r\n');
  const proven = await kept('a bounce that names nobody\r\n', { to: ['bounces+k7@example.org'] });
  await event('one', hash, proven);
  const others = [
    'lada@example.net',
    'x.ada@example.net',
    'ada@example.network',
    'ada@example.net.org',
    'ada@examplexnet',
  ].map((address) => `about ${address}\r\n`);
  const ids: number[] = [];
  for (const text of others) ids.push(await kept(text));
  await event('two', tokens.addressHash('bo@example.net'), ids[0]);

  expect(await forgetInbound(ledger.db, hash, reader)).toBe(4);
  expect(await Promise.all([named, coded, quoted, proven].map(textOf))).toEqual(['', '', '', '']);
  expect(await Promise.all(ids.map(textOf))).toEqual(others);
  const rows = await ledger.db
    .selectFrom('bounce_events')
    .select(['event_id', 'diagnostic', 'kind'])
    .orderBy('event_id')
    .execute();
  expect(rows).toEqual([
    { event_id: 'one', diagnostic: '', kind: 'hard' },
    { event_id: 'two', diagnostic: `550 <${reader}>: no such user`, kind: 'hard' },
  ]);
  const envelope = await ledger.db
    .selectFrom('inbound_messages')
    .select('envelope_to')
    .where('id', '=', proven)
    .executeTakeFirst();
  expect(envelope?.envelope_to).toBe('[]');
  expect(await forgetInbound(ledger.db, hash, reader)).toBe(0);
});

it('the same bytes are still known after that, and a message that waited is not handled', async () => {
  const text = `From: ${reader}\r\nSubject: away\r\n`;
  const id = await kept(text, { waits: true });
  await forgetInbound(ledger.db, hash, reader);
  expect(await waitingInboundMessages(ledger.db, { after: 0, limit: 10 })).toEqual([]);
  expect(await keepInboundMessage(ledger.db, message(text))).toBe(false);
  expect(await textOf(id)).toBe('');
});
