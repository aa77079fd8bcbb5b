import { createHash } from 'node:crypto';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { jsonList } from './json.ts';

/*
 * What came in, byte for byte. No row is ever deleted by the program: what could not be read or matched waits here for
 * a person, or for a version that can.
 */

/**
 * `new` waits; `done` was read and acted on; `unmatched` was read, but belongs to no delivery of ours or was forged;
 * `unread` could not be read.
 */
export type InboundState = 'new' | 'done' | 'unmatched' | 'unread';

export interface InboundMessage {
  readonly id: number;
  /** `smtp`, `imap`, `file`, or the name of a provider. */
  readonly via: string;
  readonly receivedAt: Instant;
  /** The addresses it was sent to, as SMTP said; empty where nobody said. */
  readonly envelopeTo: readonly string[];
  readonly raw: Uint8Array;
}

export type NewInboundMessage = Omit<InboundMessage, 'id'>;

/** Stores a message; false when the same bytes were stored before. On the disk when it resolves. */
export async function keepInboundMessage(db: Queryable, message: NewInboundMessage): Promise<boolean> {
  const result = await db
    .insertInto('inbound_messages')
    .values({
      via: message.via,
      received_at: message.receivedAt,
      envelope_to: JSON.stringify(message.envelopeTo),
      raw_hash: rawHash(message.raw),
      raw: message.raw,
      state: 'new',
    })
    .onConflict((conflict) => conflict.column('raw_hash').doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The name of these bytes, 64 characters. */
export function rawHash(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex');
}

/** Up to `limit` messages that wait, the first that came first, with ids above `after`. */
export async function waitingInboundMessages(
  db: Queryable,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly InboundMessage[]> {
  const rows = await db
    .selectFrom('inbound_messages')
    .select(['id', 'via', 'received_at', 'envelope_to', 'raw'])
    .where('state', '=', 'new')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    via: row.via,
    receivedAt: row.received_at,
    envelopeTo: jsonList<string>(row.envelope_to),
    raw: row.raw,
  }));
}

/** Says what became of a message that waited; false when somebody else did before. */
export async function finishInboundMessage(
  db: Queryable,
  id: number,
  end: { readonly state: Exclude<InboundState, 'new'>; readonly reason: string; readonly now: Instant },
): Promise<boolean> {
  const result = await db
    .updateTable('inbound_messages')
    .set({ state: end.state, reason: end.reason.slice(0, 500), handled_at: end.now })
    .where('id', '=', id)
    .where('state', '=', 'new')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The same of a message by its bytes. */
export async function finishKept(
  db: Queryable,
  raw: Uint8Array,
  end: { readonly state: Exclude<InboundState, 'new'>; readonly reason: string; readonly now: Instant },
): Promise<void> {
  await db
    .updateTable('inbound_messages')
    .set({ state: end.state, reason: end.reason.slice(0, 500), handled_at: end.now })
    .where('raw_hash', '=', rawHash(raw))
    .where('state', '=', 'new')
    .execute();
}

/** How many messages there are in each state. */
export async function countInboundMessages(db: Queryable): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .selectFrom('inbound_messages')
    .select((row) => ['state', row.fn.countAll<number>().as('rows')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, row.rows]));
}

/** A message that was kept without an effect. */
export interface KeptMessage {
  readonly id: number;
  readonly via: string;
  readonly receivedAt: Instant;
  readonly state: string;
  readonly reason: string;
}

/** The newest messages that were `unmatched` or `unread`. */
export async function keptInboundMessages(db: Queryable, limit: number): Promise<readonly KeptMessage[]> {
  const rows = await db
    .selectFrom('inbound_messages')
    .select(['id', 'via', 'received_at', 'state', 'reason'])
    .where('state', 'in', ['unmatched', 'unread'])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    via: row.via,
    receivedAt: row.received_at,
    state: row.state,
    reason: row.reason ?? '',
  }));
}

/** The bytes of a message as they came; undefined when there is none of that id. */
export async function rawInboundMessage(db: Queryable, id: number): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom('inbound_messages').select('raw').where('id', '=', id).executeTakeFirst();
  return row?.raw;
}

/**
 * Forgets what came in about an address: the bytes and the envelopes of all messages that its events came from, or that
 * name it or the return path it is coded in (`ada=example.net`), and what servers said in its events. The hash of the
 * bytes stays, so that they count once still; the events stay without words. A message that waited ends as `unread`.
 * Reads every message that is kept. Returns how many were forgotten; doing it again changes nothing.
 */
export async function forgetInbound(db: Queryable, addressHash: string, address: string): Promise<number> {
  const events = await db
    .selectFrom('bounce_events')
    .select('message_id')
    .where('address_hash', '=', addressHash)
    .execute();
  const about = new Set(events.flatMap(({ message_id: id }) => id ?? []));
  await db
    .updateTable('bounce_events')
    .set({ diagnostic: '' })
    .where('address_hash', '=', addressHash)
    .execute();
  const named = namesOf(address);
  let forgotten = 0;
  for (let after = 0; ;) {
    const message = await db
      .selectFrom('inbound_messages')
      .select(['id', 'raw', 'envelope_to', 'state', 'reason'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (!message) return forgotten;
    after = message.id;
    if (message.raw.byteLength === 0) continue;
    const isNamed = () => named.test(message.envelope_to) || named.test(plainText(message.raw));
    if (!about.has(message.id) && !isNamed()) continue;
    const isWaiting = message.state === 'new';
    await db
      .updateTable('inbound_messages')
      .set({
        raw: new Uint8Array(),
        envelope_to: '[]',
        state: isWaiting ? 'unread' : message.state,
        reason: isWaiting ? 'erased' : message.reason,
      })
      .where('id', '=', message.id)
      .execute();
    forgotten += 1;
  }
}

/** An address, or its form in a return path, that is not a part of another. */
function namesOf(address: string): RegExp {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)].map(escaped);
  return new RegExp(`(?:(?<![\\w.+-])${local}@|(?<![\\w.])${local}=)${domain}(?![\\w-]|\\.\\w)`, 'i');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

/** Quoted-printable undone as far as addresses go (RFC 2045 section 6.7); a part in base64 stays as it is. */
function plainText(raw: Uint8Array): string {
  return Buffer.from(raw)
    .toString('utf8')
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=(?:40|3D)/g, '=');
}

/**
 * Notes that a provider used a nonce; false when it was used with another body before: somebody puts an old signature
 * to a new text.
 */
export async function useNonce(
  db: Queryable,
  use: { readonly provider: string; readonly nonce: string; readonly body: string; readonly now: Instant },
): Promise<boolean> {
  const bodyHash = rawHash(Buffer.from(use.body));
  await db
    .insertInto('hook_nonces')
    .values({ provider: use.provider, nonce: use.nonce, body_hash: bodyHash, seen_at: use.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('hook_nonces')
    .select('body_hash')
    .where('provider', '=', use.provider)
    .where('nonce', '=', use.nonce)
    .executeTakeFirst();
  return row?.body_hash === bodyHash;
}

/** Forgets nonces seen before then: their signatures are too old to be taken. */
export async function forgetNonces(db: Queryable, seenBefore: Instant): Promise<void> {
  await db.deleteFrom('hook_nonces').where('seen_at', '<', seenBefore).execute();
}
