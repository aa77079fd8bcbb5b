import { isDeepStrictEqual } from 'node:util';
import type { PaperFacts } from '../domain/candidate.ts';
import type { Paper, PaperId } from '../domain/paper.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Database, Queryable } from './database.ts';
import { paperColumns, paperFromRow } from './papers.ts';

const rowsPerInsert = 200;

/**
 * Keeps what ranking found out about the texts of papers, so that a text is read once and not every night. `basis`
 * names the rules and the model it was found out by: with others the rows are not read, and are written over.
 */
export async function storeFacts(
  db: Database,
  basis: string,
  found: readonly { readonly paper: Paper; readonly facts: PaperFacts }[],
): Promise<void> {
  for (const chunk of chunks(found, rowsPerInsert)) {
    await db.transaction().execute(async (transaction) => {
      const rows = await transaction
        .selectFrom('papers')
        .select(paperColumns)
        .where(
          'papers.id',
          'in',
          chunk.map(({ paper }) => paper.id),
        )
        .execute();
      const stored = new Map(rows.map((row) => [row.id, paperFromRow(row)]));
      // One that another process changed since it was read is to be read again.
      const same = chunk.filter(({ paper }) => isDeepStrictEqual(stored.get(paper.id), paper));
      if (same.length === 0) return;
      await transaction
        .insertInto('paper_facts')
        .values(
          same.map(({ paper, facts }) => ({
            paper_id: paper.id,
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
    });
  }
}

/** A paper that changed is to be read again. */
export async function forgetFacts(db: Queryable, ids: readonly PaperId[]): Promise<void> {
  for (const chunk of chunks(ids, idsPerQuery)) {
    await db.deleteFrom('paper_facts').where('paper_id', 'in', chunk).execute();
  }
}
