import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was answered to requests that carry a key, so that the same request again is not done again. */
export const idempotencyKeys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      `create table idempotency_keys (
    key_hash text primary key,
    fingerprint text not null,
    address_hash text not null,
    status integer not null,
    headers text not null,
    body text,
    answered_at integer not null
  ) strict, without rowid`,
      `create index idempotency_keys_by_time on idempotency_keys (answered_at)`,
      `create index idempotency_keys_by_address on idempotency_keys (address_hash)`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
