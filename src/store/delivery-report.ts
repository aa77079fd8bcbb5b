import type { DeliveryState } from '../domain/delivery.ts';
import { mailDomainKey } from '../domain/mail-domain.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { deliveryState } from './deliveries.ts';

/*
 * What became of the mails of one edition, for people to read. Every query is about one edition and finds its rows by the
 * index on (edition_id, address_hash); it reads them all once, or a page of them.
 */

/** Rows of one mailbox operator or domain in one state. */
export interface DomainCount {
  readonly domain: string;
  readonly state: DeliveryState;
  readonly rows: number;
}

/** How many rows stand in each state, by operator or domain: together they are the audience. */
export async function countByDomain(db: Queryable, editionId: number): Promise<readonly DomainCount[]> {
  const named = await db
    .selectFrom('deliveries')
    .select((row) => ['domain_key', 'state', row.fn.countAll<number>().as('rows')])
    .where('edition_id', '=', editionId)
    .where('domain_key', '<>', '')
    .groupBy(['domain_key', 'state'])
    .execute();
  const counts = named.map((row) => ({
    domain: row.domain_key,
    state: deliveryState(row.state),
    rows: row.rows,
  }));
  const unnamed = new Map<string, DomainCount>();
  for await (const { domain, state } of recipientsOf(db, editionId, { domainKey: '' })) {
    const key = `${domain} ${state}`;
    unnamed.set(key, { domain, state, rows: (unnamed.get(key)?.rows ?? 0) + 1 });
  }
  return [...counts, ...unnamed.values()];
}

/** The same words of servers about several rows. */
export interface ReplyCount {
  readonly state: DeliveryState;
  readonly reply: string;
  readonly rows: number;
}

/** The last words about rows that are not accepted, the most frequent first. */
export async function countReplies(
  db: Queryable,
  editionId: number,
  limit: number,
): Promise<readonly ReplyCount[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select((row) => ['state', 'last_reply', row.fn.countAll<number>().as('rows')])
    .where('edition_id', '=', editionId)
    .where('state', '<>', 'accepted')
    .where('last_reply', 'is not', null)
    .groupBy(['state', 'last_reply'])
    .orderBy('rows', 'desc')
    .orderBy('last_reply')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    state: deliveryState(row.state),
    reply: row.last_reply ?? '',
    rows: row.rows,
  }));
}

/** One recipient of an edition and what became of the mail. */
export interface RecipientReport {
  readonly address: string;
  /** The operator of the mailbox or its domain. */
  readonly domain: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly messageId: string;
  readonly preparedAt: Instant;
  /** When it came to its end: accepted, rejected, expired or suppressed. */
  readonly endedAt?: Instant;
  /** When it is due again; of rows that wait. */
  readonly nextAttemptAt?: Instant;
  readonly code?: number;
  readonly reply?: string;
}

const rowsAPage = 2000;

/** Every recipient of the edition, read in pages; in no order that means anything. */
export async function* recipientsOf(
  db: Queryable,
  editionId: number,
  only: { readonly domainKey?: string } = {},
): AsyncGenerator<RecipientReport> {
  let after = '';
  while (true) {
    let query = db
      .selectFrom('deliveries')
      .select([
        'address',
        'address_hash',
        'domain_key',
        'state',
        'attempts',
        'message_id',
        'prepared_at',
        'ended_at',
        'next_attempt_at',
        'last_code',
        'last_reply',
      ])
      .where('edition_id', '=', editionId)
      .where('address_hash', '>', after)
      .orderBy('address_hash')
      .limit(rowsAPage);
    if (only.domainKey !== undefined) query = query.where('domain_key', '=', only.domainKey);
    const rows = await query.execute();
    for (const row of rows) {
      const state = deliveryState(row.state);
      const isWaiting = state === 'pending' || state === 'deferred';
      yield {
        address: row.address,
        domain: row.domain_key === '' ? mailDomainKey(row.address) : row.domain_key,
        state,
        attempts: row.attempts,
        messageId: row.message_id,
        preparedAt: row.prepared_at,
        ...(row.ended_at !== null && { endedAt: row.ended_at }),
        ...(isWaiting && { nextAttemptAt: row.next_attempt_at }),
        ...(row.last_code !== null && { code: row.last_code }),
        ...(row.last_reply !== null && { reply: row.last_reply }),
      };
    }
    const last = rows.at(-1);
    if (!last || rows.length < rowsAPage) return;
    after = last.address_hash;
  }
}
