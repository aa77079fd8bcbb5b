import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import { StoreError } from '../errors.ts';
import type { Database } from './database.ts';
import { insertDeliveryRows, type NewDelivery } from './delivery-insert.ts';
import { jsonObject } from './json.ts';

/*
 * The audience of an edition is frozen in blocks, each in a transaction of its own that also records how far it is: other
 * writers wait for one block at most, a process that dies in the middle leaves a whole number of blocks, and whoever comes
 * next goes on after the last one. Nothing of the edition can be claimed before the audience is whole.
 */

/** What became of the readers looked at so far. */
export interface AudienceCounts {
  readonly prepared: number;
  readonly alreadyThere: number;
  readonly suppressed: number;
  readonly unsubscribed: number;
  readonly unconfirmed: number;
  readonly nothingForThem: number;
  readonly notNow: number;
}

const noCounts: AudienceCounts = {
  prepared: 0,
  alreadyThere: 0,
  suppressed: 0,
  unsubscribed: 0,
  unconfirmed: 0,
  nothingForThem: 0,
  notNow: 0,
};

export interface OpenAudience {
  /** When it was begun. */
  readonly startedAt: Instant;
  /** The hash of the last address looked at; '' before the first. */
  readonly cursor: string;
  readonly counts: AudienceCounts;
}

/**
 * Begins to freeze the audience of an edition, or goes on where another run ended; undefined when it is whole already, for
 * then it stays as it is.
 */
export async function openAudience(
  db: Database,
  editionId: number,
  now: Instant,
): Promise<OpenAudience | undefined> {
  await sql`
    insert into audiences (edition_id, started_at, cursor, counts)
    select id, ${now}, '', ${JSON.stringify(noCounts)} from editions
    where id = ${editionId} and prepared_at is null
    on conflict (edition_id) do nothing`.execute(db);
  const row = await db
    .selectFrom('audiences')
    .select(['started_at', 'cursor', 'counts'])
    .where('edition_id', '=', editionId)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    startedAt: row.started_at,
    cursor: row.cursor,
    counts: { ...noCounts, ...jsonObject<Partial<AudienceCounts>>(row.counts) },
  };
}

/** Readers looked at together: who gets the edition, and how many do not and why. */
export interface AudienceBlock {
  readonly deliveries: readonly NewDelivery[];
  readonly leftOut: Omit<AudienceCounts, 'prepared' | 'alreadyThere'>;
  /** The hash of its last address. */
  readonly cursor: string;
}

/**
 * Adds a block and moves on, all or nothing; returns how it stands then. Undefined, and nothing changed, when another
 * process was there first.
 */
export async function addBlock(
  db: Database,
  editionId: number,
  open: OpenAudience,
  block: AudienceBlock,
): Promise<OpenAudience | undefined> {
  return db.transaction().execute(async (transaction) => {
    const moved = await transaction
      .updateTable('audiences')
      .set({ cursor: block.cursor })
      .where('edition_id', '=', editionId)
      .where('cursor', '=', open.cursor)
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) return undefined;
    const inserted = await insertDeliveryRows(transaction, editionId, block.deliveries, open.startedAt);
    const { counts } = open;
    const added: AudienceCounts = {
      prepared: counts.prepared + inserted,
      alreadyThere: counts.alreadyThere + block.deliveries.length - inserted,
      suppressed: counts.suppressed + block.leftOut.suppressed,
      unsubscribed: counts.unsubscribed + block.leftOut.unsubscribed,
      unconfirmed: counts.unconfirmed + block.leftOut.unconfirmed,
      nothingForThem: counts.nothingForThem + block.leftOut.nothingForThem,
      notNow: counts.notNow + block.leftOut.notNow,
    };
    await transaction
      .updateTable('audiences')
      .set({ counts: JSON.stringify(added) })
      .where('edition_id', '=', editionId)
      .execute();
    return { ...open, cursor: block.cursor, counts: added };
  });
}

/**
 * Marks the audience as whole, after which its mail can go out; false when another process did. Throws StoreError when
 * rows are gone that were counted: nothing is sent then, and the next call of `openAudience` begins anew.
 */
export async function closeAudience(db: Database, editionId: number, now: Instant): Promise<boolean> {
  const missing = await db.transaction().execute(async (transaction) => {
    const row = await transaction
      .deleteFrom('audiences')
      .where('edition_id', '=', editionId)
      .returning('counts')
      .executeTakeFirst();
    if (!row) return undefined;
    const { prepared, alreadyThere } = { ...noCounts, ...jsonObject<Partial<AudienceCounts>>(row.counts) };
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from deliveries where edition_id = ${editionId}`.execute(transaction);
    const short = prepared + alreadyThere - (rows[0]?.count ?? 0);
    if (short > 0) return short;
    await transaction
      .updateTable('editions')
      .set({ prepared_at: now })
      .where('id', '=', editionId)
      .where('prepared_at', 'is', null)
      .execute();
    return 0;
  });
  if (missing !== undefined && missing > 0) {
    throw new StoreError(
      `expected every reader of edition ${editionId} in the ledger, ${missing} are missing: something else took rows away; ` +
        'nothing of it was sent, the next "broadsheet send" looks at all readers again',
    );
  }
  return missing !== undefined;
}
