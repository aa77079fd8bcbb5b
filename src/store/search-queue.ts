import type { PaperId } from '../domain/paper.ts';
import { chunks } from './chunks.ts';
import type { Queryable } from './database.ts';

const rowsPerInsert = 500;

/** Notes that these papers are to be read for the search again: call it in the transaction that changes them. */
export async function queueForSearch(db: Queryable, ids: readonly PaperId[]): Promise<void> {
  for (const chunk of chunks(ids, rowsPerInsert)) {
    await db
      .insertInto('search_queue')
      .values(chunk.map((id) => ({ paper_id: id })))
      .execute();
  }
}
