import { CompiledQuery } from 'kysely';
import type { Delivery } from '../domain/delivery.ts';
import { mailDomainKey } from '../domain/mail-domain.ts';
import type { Wish } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { chunks } from './chunks.ts';
import type { Queryable } from './database.ts';

export type NewDelivery = Pick<
  Delivery,
  'digest' | 'address' | 'addressHash' | 'name' | 'topics' | 'covers' | 'wish' | 'messageId'
> & {
  /** The reader's own hour; undefined means at once. */
  readonly dueAt?: Instant;
};

const rowsPerInsert = 500;

/**
 * Adds pending rows of one edition, due at their hour or at `at`; a row that is there already (same edition and address)
 * stays as it is. Returns the number of new rows.
 */
export async function insertDeliveryRows(
  db: Queryable,
  editionId: number,
  deliveries: readonly NewDelivery[],
  at: Instant,
): Promise<number> {
  let inserted = 0n;
  for (const chunk of chunks(deliveries, rowsPerInsert)) {
    const shared = [editionId, at, at];
    const query = CompiledQuery.raw(insertOf(chunk.length), [...shared, ...chunk.flatMap(valuesOf)]);
    const { numAffectedRows } = await db.executeQuery(query);
    inserted += numAffectedRows ?? 0n;
  }
  return Number(inserted);
}

const columns = [
  'edition_id',
  'next_attempt_at',
  'prepared_at',
  'state',
  'attempts',
  'lease_epoch',
  'digest',
  'address',
  'address_hash',
  'name',
  'topics',
  'due_at',
  'domain_key',
  'message_id',
  'covers_from',
  'covers_to',
  'wish',
];
const valuesPerRow = 11;
const statements = new Map<number, string>();

/**
 * The statement for so many rows, written once: building it anew with its thousands of places costs more than the rows
 * do. PostgreSQL numbers its places, and wants to know the types of those that can be null.
 */
function insertOf(rows: number): string {
  const known = statements.get(rows);
  if (known !== undefined) return known;
  const row = `(${Array.from({ length: valuesPerRow }, () => '?').join(', ')})`;
  const own = Array.from({ length: valuesPerRow }, (_, index) => `column${index + 1}`).join(', ');
  const text = `insert into deliveries (${columns.join(', ')})
    select ?, coalesce(column6, ?), ?, 'pending', 0, 0, ${own}
    from (values ${Array.from({ length: rows }, () => row).join(', ')}) as batch where true
    on conflict (edition_id, address_hash) do nothing`;
  statements.set(rows, text);
  return text;
}

function valuesOf(delivery: NewDelivery): readonly (string | number | null)[] {
  return [
    delivery.digest,
    delivery.address,
    delivery.addressHash,
    delivery.name ?? null,
    delivery.topics ? topicsText(delivery.topics) : null,
    delivery.dueAt ?? null,
    domainKey(delivery.address),
    delivery.messageId,
    delivery.covers?.fromDate ?? null,
    delivery.covers?.toDate ?? null,
    delivery.wish ? wishText(delivery.wish) : null,
  ];
}

const domainKeys = new Map<string, string>();
const domainsKept = 10_000;

/** Most readers share a few domains, and to find the operator of one costs more than the rest of a row. */
function domainKey(address: string): string {
  const domain = address.slice(address.lastIndexOf('@'));
  const known = domainKeys.get(domain);
  if (known !== undefined) return known;
  const key = mailDomainKey(address);
  if (domainKeys.size >= domainsKept) domainKeys.clear();
  domainKeys.set(domain, key);
  return key;
}

const topicsTexts = new WeakMap<readonly string[], string>();

/** Readers of the same topics share one list. */
function topicsText(topics: readonly string[]): string {
  const known = topicsTexts.get(topics);
  if (known !== undefined) return known;
  const text = JSON.stringify(topics);
  topicsTexts.set(topics, text);
  return text;
}

/** Only what there is: most readers follow nobody. */
function wishText({ follows, muted }: Wish): string {
  const lists = Object.entries({ ...follows, muted }).filter(([, list]) => list.length > 0);
  return JSON.stringify(Object.fromEntries(lists));
}
