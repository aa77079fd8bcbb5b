import type { PaperId, RevisedField } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';
import { chunks } from './chunks.ts';
import type { Queryable } from './database.ts';

const rowsPerInsert = 50;

/** A change of a paper that readers may care about. */
export interface Revision {
  readonly paperId: PaperId;
  readonly source: string;
  readonly seenAt: Instant;
  readonly fromVersion?: number;
  readonly toVersion?: number;
  readonly fields: readonly RevisedField[];
}

export async function insertRevisions(db: Queryable, revisions: readonly Revision[]): Promise<void> {
  for (const chunk of chunks(revisions, rowsPerInsert)) {
    await db
      .insertInto('revisions')
      .values(
        chunk.map((revision) => ({
          paper_id: revision.paperId,
          source: revision.source,
          seen_at: revision.seenAt,
          from_version: revision.fromVersion ?? null,
          to_version: revision.toVersion ?? null,
          fields: JSON.stringify(revision.fields),
        })),
      )
      .execute();
  }
}

/** Number of papers revised in (fromAt, toAt], shown before or not. */
export async function countRevised(db: Queryable, fromAt: Instant, toAt: Instant): Promise<number> {
  const row = await db
    .selectFrom('revisions')
    .select((select) => select.fn.count<number>('paper_id').distinct().as('papers'))
    .where('seen_at', '>', fromAt)
    .where('seen_at', '<=', toAt)
    .executeTakeFirstOrThrow();
  return row.papers;
}
