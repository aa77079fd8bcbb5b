import type { PaperFacts } from '../domain/candidate.ts';
import type { PaperId } from '../domain/paper.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Queryable } from './database.ts';

const rowsPerInsert = 200;

/**
 * Keeps what ranking found out about the texts of papers, so that a text is read once and not every night. `basis`
 * names the rules and the model it was found out by: with others the rows are not read, and are written over.
 */
export async function storeFacts(
  db: Queryable,
  basis: string,
  found: readonly { readonly paperId: PaperId; readonly facts: PaperFacts }[],
): Promise<void> {
  for (const chunk of chunks(found, rowsPerInsert)) {
    await db
      .insertInto('paper_facts')
      .values(
        chunk.map(({ paperId, facts }) => ({
          paper_id: paperId,
          basis,
          matches: JSON.stringify(facts.matches),
          word_share: facts.wordShare ?? null,
          chance: facts.chance ?? null,
        })),
      )
      .onConflict((conflict) =>
        conflict.column('paper_id').doUpdateSet((excluded) => ({
          basis: excluded.ref('excluded.basis'),
          matches: excluded.ref('excluded.matches'),
          word_share: excluded.ref('excluded.word_share'),
          chance: excluded.ref('excluded.chance'),
        })),
      )
      .execute();
  }
}

/** A paper that changed is to be read again. */
export async function forgetFacts(db: Queryable, ids: readonly PaperId[]): Promise<void> {
  for (const chunk of chunks(ids, idsPerQuery)) {
    await db.deleteFrom('paper_facts').where('paper_id', 'in', chunk).execute();
  }
}
