import type { Queryable } from './database.ts';

/** Does the work in the caller's transaction, or where there is none in one of its own. */
export function inTransaction<T>(db: Queryable, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
