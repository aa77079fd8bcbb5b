/* The rows of what the operator is told. How values are held: `schema.ts`. */
import type { Generated } from 'kysely';

/** A trouble that lasts; the row goes when it ends. */
export interface TroubleRow {
  id: string;
  seen_at: number;
  /** When the operator was told of it the last time; null while it may pass by itself. */
  told_at: number | null;
}

/** One word to the operator, over one way. */
export interface AlarmMessageRow {
  id: Generated<number>;
  channel: string;
  /** JSON: troubles that begin, last and end. */
  body: string;
  made_at: number;
  due_at: number;
  attempts: Generated<number>;
  state: Generated<string>;
  lease_owner: string | null;
  lease_until: number | null;
}
