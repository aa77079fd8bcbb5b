import { sql, type RawBuilder } from 'kysely';
import { editionsHad, type Carried, type DatedEdition } from '../domain/covers.ts';
import type { Edition } from '../domain/edition.ts';
import { cadences, noFollows, type Cadence, type Follows, type Wish } from '../domain/subscriber.ts';
import type { CalendarDate } from '../domain/time.ts';
import { wishOf } from '../domain/wish.ts';
import { StoreError } from '../errors.ts';
import type { Queryable } from './database.ts';
import { jsonList, jsonObject } from './json.ts';
import { allDigests } from './suppressions.ts';

/** Whether a reader wants mail of a digest at this moment: confirmed, and not in a pause that ends after `date`. */
export async function wantsMail(
  db: Queryable,
  {
    addressHash,
    digest,
    date,
  }: { readonly addressHash: string; readonly digest: string; readonly date: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('subscribers')
    .innerJoin('subscriptions', 'subscriptions.subscriber_id', 'subscribers.id')
    .select('subscribers.id')
    .where('address_hash', '=', addressHash)
    .where('digest', '=', digest)
    .where('state', '=', 'confirmed')
    .where((reader) => reader.or([reader('paused_until', 'is', null), reader('paused_until', '<=', date)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** A subscription to a digest with all that decides about its mail. */
export interface AudienceReader {
  readonly address: string;
  readonly addressHash: string;
  readonly name?: string;
  readonly minuteOfDay?: number;
  /** IANA zone; undefined means the digest's. */
  readonly zone?: string;
  readonly pausedUntil?: CalendarDate;
  readonly wish?: Wish;
  readonly state: string;
  /** The same list for the same text. */
  readonly topics?: readonly string[];
  readonly cadence: Cadence;
  readonly isSuppressed: boolean;
  /** The last day that mail to them covers, where it matters: see `coversFor`. */
  readonly hadTo?: CalendarDate;
}

/** Further back nothing is owed to anybody. */
const editionsLookedAt = 100;

/** The editions of its digest with a lower number, the last hundred. */
export async function editionsBefore(
  db: Queryable,
  { digest, number }: Pick<Edition, 'digest' | 'number'>,
): Promise<readonly DatedEdition[]> {
  const rows = await db
    .selectFrom('editions')
    .select(['id', 'edition_date', 'published_at', 'prepared_at'])
    .where('digest', '=', digest)
    .where('number', '<', number)
    .orderBy('number', 'desc')
    .limit(editionsLookedAt)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    editionDate: row.edition_date,
    publishedAt: row.published_at,
    isPrepared: row.prepared_at !== null,
  }));
}

interface ReaderRow {
  address: string;
  address_hash: string;
  name: string | null;
  zone: string | null;
  minute_of_day: number | null;
  paused_until: string | null;
  follows: string;
  muted: string;
  state: string;
  topics: string | null;
  cadence: string;
  suppressed: number;
  had_to: string | null;
}

/**
 * The subscriptions to a digest, whatever their state, in the order of the address hashes after `cursor`: so the domains
 * of a block are mixed and rows of the ledger come in the order of its index. At most `limit`.
 */
export async function audienceBlock(
  db: Queryable,
  block: {
    readonly digest: string;
    readonly carried: Carried;
    readonly cursor: string;
    readonly limit: number;
  },
): Promise<readonly AudienceReader[]> {
  // A cross join keeps SQLite from sorting all subscriptions for each block; to PostgreSQL it is an inner join.
  const { rows } = await sql<ReaderRow>`
    select subscribers.address, subscribers.address_hash, subscribers.name, subscribers.zone,
      subscribers.minute_of_day, subscribers.paused_until, subscribers.follows, subscribers.muted,
      subscriptions.state, subscriptions.topics, subscriptions.cadence,
      exists (
        select 1 from suppressions where suppressions.address_hash = subscribers.address_hash
          and suppressions.digest in (${block.digest}, ${allDigests})) as suppressed,
      ${hadTo(block.carried)} as had_to
    from subscribers cross join subscriptions
    where subscriptions.subscriber_id = subscribers.id and subscriptions.digest = ${block.digest}
      and subscribers.address_hash > ${block.cursor}
    order by subscribers.address_hash limit ${block.limit}`.execute(db);
  return rows.map(toReader);
}

/** Only of those to whom it can matter: readers of weeks and months at their turn, and who was one of them lately. */
function hadTo(carried: Carried): RawBuilder<string | null> {
  const { weekly, monthly, lastCarriers } = carried;
  const [oldest] = lastCarriers;
  if (!oldest) return sql`null`;
  const carriers = lastCarriers.map(({ id }) => id);
  const had = (cadence: Cadence): readonly number[] => editionsHad(carried, cadence).map(({ id }) => id);
  const never = sql<boolean>`had.state in ('rejected', 'expired', 'suppressed')`;
  return sql`case
    when subscriptions.cadence = 'weekly' and ${weekly ? 1 : 0} = 1
      then ${lastCovered(had('weekly'), sql`not ${never}`)}
    when subscriptions.cadence = 'monthly' and ${monthly ? 1 : 0} = 1
      then ${lastCovered(had('monthly'), sql`not ${never}`)}
    when subscriptions.cadence in ('every', 'weekdays') and subscriptions.changed_at >= ${oldest.publishedAt}
      and exists (
        select 1 from deliveries as had where had.edition_id in (${sql.join(carriers)})
          and had.address_hash = subscribers.address_hash and had.covers_to is not null)
      then ${lastCovered(had('every'), sql`1 = 1`)}
    end`;
}

function lastCovered(ids: readonly number[], counts: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql`(
    select max(coalesce(had.covers_to, editions.edition_date))
    from deliveries as had join editions on editions.id = had.edition_id
    where had.edition_id in (${sql.join(ids)}) and had.address_hash = subscribers.address_hash and ${counts})`;
}

function toReader(row: ReaderRow): AudienceReader {
  const wish = isBare(row) ? undefined : wishIn(row);
  return {
    address: row.address,
    addressHash: row.address_hash,
    ...(row.name !== null && { name: row.name }),
    ...(row.minute_of_day !== null && { minuteOfDay: row.minute_of_day }),
    ...(row.zone !== null && { zone: row.zone }),
    ...(row.paused_until !== null && { pausedUntil: row.paused_until }),
    ...(wish && { wish }),
    state: row.state,
    ...(row.topics !== null && { topics: topicsOf(row.topics) }),
    cadence: cadenceOf(row.cadence),
    isSuppressed: row.suppressed === 1,
    ...(row.had_to !== null && { hadTo: row.had_to }),
  };
}

const topicLists = new Map<string, readonly string[]>();
const listsKept = 20_000;

function topicsOf(text: string): readonly string[] {
  const known = topicLists.get(text);
  if (known) return known;
  const list = jsonList<string>(text);
  if (topicLists.size >= listsKept) topicLists.clear();
  topicLists.set(text, list);
  return list;
}

const bareFollows = ['{}', JSON.stringify(noFollows)];

/** Nearly all follow nobody: nothing has to be parsed for them. */
function isBare({ follows, muted }: ReaderRow): boolean {
  return muted === '[]' && bareFollows.includes(follows);
}

function wishIn({ follows, muted }: ReaderRow): Wish | undefined {
  return wishOf({ ...noFollows, ...jsonObject<Partial<Follows>>(follows) }, jsonList<string>(muted));
}

function cadenceOf(text: string): Cadence {
  const found = cadences.find((cadence) => cadence === text);
  if (found === undefined) throw new StoreError(`expected one of ${cadences.join(', ')}, found "${text}"`);
  return found;
}
