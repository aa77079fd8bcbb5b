import { editionPicks, type Edition } from '../domain/edition.ts';
import { chunks, idsPerQuery } from './chunks.ts';
import type { Database, Queryable } from './database.ts';
import { findEdition, type StoredEdition } from './editions.ts';

export type EditionInsertion =
  | { readonly state: 'stored'; readonly stored: StoredEdition }
  /** The digest has one of that date. */
  | { readonly state: 'already there'; readonly stored: StoredEdition }
  /** Another edition of the digest, made meanwhile, picked one of its papers. */
  | { readonly state: 'overtaken' };

/** Stores an edition with its picks, for ever, under the digest's next number; or says why nothing was stored. */
export async function insertEdition(db: Database, draft: Edition): Promise<EditionInsertion> {
  return db.transaction().execute(async (transaction): Promise<EditionInsertion> => {
    const existing = await findEdition(transaction, draft.digest, draft.editionDate);
    if (existing) return { state: 'already there', stored: existing };
    const picks = editionPicks(draft);
    for (const chunk of chunks(picks, idsPerQuery)) {
      const taken = await transaction
        .selectFrom('picks')
        .select('paper_id')
        .where('digest', '=', draft.digest)
        .where(
          'paper_id',
          'in',
          chunk.map((pick) => pick.paper.id),
        )
        .limit(1)
        .executeTakeFirst();
      if (taken) return { state: 'overtaken' };
    }
    const edition = { ...draft, number: await nextEditionNumber(transaction, draft.digest) };
    const { id } = await transaction
      .insertInto('editions')
      .values({
        digest: edition.digest,
        edition_date: edition.editionDate,
        number: edition.number,
        published_at: edition.publishedAt,
        prepared_at: null,
        content: JSON.stringify(edition),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const chunk of chunks(picks, 100)) {
      await transaction
        .insertInto('picks')
        .values(
          chunk.map((pick) => ({
            digest: edition.digest,
            paper_id: pick.paper.id,
            edition_id: id,
            topic: pick.topic,
          })),
        )
        .execute();
    }
    return { state: 'stored', stored: { id, edition } };
  });
}

/** The number of the digest's next edition, from 1. */
export async function nextEditionNumber(db: Queryable, digest: string): Promise<number> {
  const row = await db
    .selectFrom('editions')
    .select((select) => select.fn.max<number | null>('number').as('last'))
    .where('digest', '=', digest)
    .executeTakeFirstOrThrow();
  return (row.last ?? 0) + 1;
}
