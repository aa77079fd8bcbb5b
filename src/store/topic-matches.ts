import type { PaperId } from '../domain/paper.ts';
import type { TopicMatch } from '../domain/topic.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';

const rowsPerInsert = 200;

/**
 * Keeps what topics papers were found to belong to by some rules, so that a paper is matched once and not every
 * night. `rules` names the rules: with others the rows are not read, and are written over.
 */
export async function storeMatches(
  db: Queryable,
  rules: string,
  found: readonly { readonly paperId: PaperId; readonly matches: readonly TopicMatch[] }[],
): Promise<void> {
  for (const chunk of chunks(found, rowsPerInsert)) {
    await db
      .insertInto('topic_matches')
      .values(
        chunk.map(({ paperId, matches }) => ({
          paper_id: paperId,
          rules,
          matches: JSON.stringify(matches),
        })),
      )
      .onConflict((conflict) =>
        conflict.column('paper_id').doUpdateSet((excluded) => ({
          rules: excluded.ref('excluded.rules'),
          matches: excluded.ref('excluded.matches'),
        })),
      )
      .execute();
  }
}

/** A paper that changed is to be matched again. */
export async function forgetMatches(db: Queryable, ids: readonly PaperId[]): Promise<void> {
  for (const chunk of chunks(ids, idsPerQuery)) {
    await db.deleteFrom('topic_matches').where('paper_id', 'in', chunk).execute();
  }
}
