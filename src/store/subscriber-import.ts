import type { Cadence, Profile, Subscription } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { insertRows, rowsIn, type BulkInsert, type Cell } from './bulk-rows.ts';
import type { Consent } from './consents.ts';
import type { Queryable } from './database.ts';
import type { Suppression } from './suppressions.ts';
import { profileRow } from './subscriber-rows.ts';

/** What is stored of an address, as far as an import has to know it. */
export interface Standing {
  /** Undefined while nobody has the address. */
  readonly subscriberId?: number;
  readonly subscriptions: ReadonlyMap<string, Omit<StandingRow, 'digest' | 'subscriber_id'>>;
  /** Reasons by the digest, or `*`. */
  readonly noMail: ReadonlyMap<string, string>;
  /** When they last said yes themselves, by the digest. */
  readonly saidYes: ReadonlyMap<string, Instant>;
}

/** A subscription as it is stored. */
interface StandingRow {
  readonly subscriber_id: number;
  readonly digest: string;
  readonly state: string;
}

export interface ImportedSubscriber {
  readonly address: string;
  readonly addressHash: string;
  readonly profile: Profile;
}

export interface ImportedSubscription {
  readonly addressHash: string;
  readonly digest: string;
  readonly state: Subscription['state'];
  readonly topics?: readonly string[];
  readonly cadence: Cadence;
}

/** What a block of rows changes. */
export interface ImportBlock {
  readonly subscribers: readonly ImportedSubscriber[];
  /** Of these and of known subscribers; that of a known one can be there already. */
  readonly subscriptions: readonly ImportedSubscription[];
  readonly suppressions: readonly Suppression[];
  readonly consents: readonly Consent[];
}

/** How the addresses stand, by their hashes; an address of which nothing is known is left out. */
export async function standingsOf(
  db: Queryable,
  addressHashes: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const subscribers = await rowsIn<{ id: number; address_hash: string }>(
    db,
    'select id, address_hash from subscribers where address_hash',
    addressHashes,
  );
  const subscriptions = await rowsIn<StandingRow>(
    db,
    'select subscriber_id, digest, state from subscriptions where subscriber_id',
    subscribers.map(({ id }) => id),
  );
  const suppressions = await rowsIn<{ address_hash: string; digest: string; reason: string }>(
    db,
    'select address_hash, digest, reason from suppressions where address_hash',
    addressHashes,
  );
  const ownYes = await rowsIn<{ address_hash: string; digest: string; at: number }>(
    db,
    "select address_hash, digest, at from consents where act = 'confirmed' and way in ('link', 'api') and address_hash",
    subscribers.map(({ address_hash: hash }) => hash),
  );
  const standings = new Map<string, MadeStanding>();
  const ofSubscriber = new Map<number, Map<string, StandingRow>>();
  for (const { id, address_hash: hash } of subscribers) {
    const own = new Map<string, StandingRow>();
    ofSubscriber.set(id, own);
    standings.set(hash, { ...noStanding(), subscriberId: id, subscriptions: own });
  }
  for (const row of subscriptions) ofSubscriber.get(row.subscriber_id)?.set(row.digest, row);
  for (const { address_hash: hash, digest, reason } of suppressions) {
    const standing = standings.get(hash) ?? noStanding();
    standing.noMail.set(digest, reason);
    standings.set(hash, standing);
  }
  for (const { address_hash: hash, digest, at } of ownYes) {
    const saidYes = standings.get(hash)?.saidYes;
    saidYes?.set(digest, Math.max(at, saidYes.get(digest) ?? 0));
  }
  return standings;
}

type MadeStanding = Standing & { noMail: Map<string, string>; saidYes: Map<string, Instant> };

function noStanding(): MadeStanding {
  return { subscriptions: new Map(), noMail: new Map(), saidYes: new Map() };
}

/**
 * Stores what a block changes, in the caller's transaction. `known` has the ids of known subscribers by address hash; a
 * subscriber of the block must not be stored yet.
 */
export async function storeImportBlock(
  db: Queryable,
  block: ImportBlock,
  known: ReadonlyMap<string, number>,
  now: Instant,
): Promise<void> {
  const ids = new Map(known);
  let id = await lastId(db);
  const plain: Cell[] = [];
  const chosen: Cell[] = [];
  for (const { address, addressHash, profile } of block.subscribers) {
    id += 1;
    ids.set(addressHash, id);
    if (isPlain(profile)) {
      plain.push(id, address, addressHash, profile.name ?? null, now, now);
      continue;
    }
    const { name, language, zone, minute_of_day, paused_until, follows, muted } = profileRow(profile);
    chosen.push(id, address, addressHash, name, now, now);
    chosen.push(language, zone, minute_of_day, paused_until, follows, muted);
  }
  await insertRows(db, plainSubscribers, plain);
  await insertRows(db, subscribersWithProfile, chosen);

  const subscriptions: Cell[] = [];
  for (const { addressHash, digest, state, topics, cadence } of block.subscriptions) {
    const subscriberId = ids.get(addressHash);
    if (subscriberId === undefined)
      throw new Error('expected a subscriber for each subscription of an import');
    subscriptions.push(subscriberId, digest, state, topics ? JSON.stringify(topics) : null, cadence, now);
  }
  await insertRows(db, subscriptionRows, subscriptions);
  const suppressions: Cell[] = [];
  for (const one of block.suppressions) suppressions.push(one.addressHash, one.digest, one.reason, one.now);
  await insertRows(db, suppressionRows, suppressions);
  const consents: Cell[] = [];
  for (const { addressHash, digest, act, at, way, wording } of block.consents) {
    consents.push(addressHash, digest, act, at, way, wording ?? null);
  }
  await insertRows(db, consentRows, consents);
}

/**
 * The ids that follow it are free, for nobody else writes during a transaction of SQLite. PostgreSQL takes as many as
 * the block needs from the sequence.
 */
async function lastId(db: Queryable): Promise<number> {
  const row = await db
    .selectFrom('subscribers')
    .select((of) => of.fn.max('id').as('last'))
    .executeTakeFirst();
  return row?.last ?? 0;
}

/** Whether the columns' own defaults say it all but the name. */
function isPlain({ language, hour, pausedUntil, follows, muted }: Profile): boolean {
  if (language !== undefined || hour !== undefined || pausedUntil !== undefined) return false;
  return follows.authors.length + follows.labs.length + follows.words.length + muted.length === 0;
}

const plainSubscribers: BulkInsert = {
  head: 'insert into subscribers (id, address, address_hash, name, created_at, changed_at, origin, changed_by) values',
  row: "(?,?,?,?,?,?,'import','import')",
};
const subscribersWithProfile: BulkInsert = {
  head:
    'insert into subscribers (id, address, address_hash, name, created_at, changed_at, ' +
    'language, zone, minute_of_day, paused_until, follows, muted, origin, changed_by) values',
  row: "(?,?,?,?,?,?,?,?,?,?,?,?,'import','import')",
};
/** Of a known subscription only the state changes: what they chose of it is theirs. */
const subscriptionRows: BulkInsert = {
  head: 'insert into subscriptions (subscriber_id, digest, state, topics, cadence, changed_at, changed_by) values',
  row: "(?,?,?,?,?,?,'import')",
  tail:
    'on conflict (subscriber_id, digest) do update set state = excluded.state, ' +
    'changed_at = excluded.changed_at, changed_by = excluded.changed_by',
};
const suppressionRows: BulkInsert = {
  head: 'insert into suppressions (address_hash, digest, reason, since_at) values',
  row: '(?,?,?,?)',
  tail: 'on conflict do nothing',
};
const consentRows: BulkInsert = {
  head: 'insert into consents (address_hash, digest, act, at, way, wording) values',
  row: '(?,?,?,?,?,?)',
};
