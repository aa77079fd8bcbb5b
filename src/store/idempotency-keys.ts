import { dayMs, type Instant } from '../domain/time.ts';
import type { Queryable } from './database.ts';
import { jsonObject } from './json.ts';

/** What was answered to a request with an idempotency key. */
export interface KeptAnswer {
  /** Stands for all of the request: another one under the same key has another. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** So long the same key gets the same answer. */
export const keptAnswerMs = dayMs;

/** The answer that was kept under a key, by the key's hash; undefined when there is none or its time is over. */
export async function findKeptAnswer(
  db: Queryable,
  keyHash: string,
  now: Instant,
): Promise<KeptAnswer | undefined> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'status', 'headers', 'body'])
    .where('key_hash', '=', keyHash)
    .where('answered_at', '>', now - keptAnswerMs)
    .executeTakeFirst();
  return (
    row && {
      fingerprint: row.fingerprint,
      status: row.status,
      headers: jsonObject<Record<string, string>>(row.headers),
      ...(row.body !== null && { body: row.body }),
    }
  );
}

/** Keeps an answer about a person, in the transaction of what it tells; erasing the person forgets it. */
export async function keepAnswer(
  db: Queryable,
  kept: KeptAnswer & { readonly keyHash: string; readonly addressHash: string },
  now: Instant,
): Promise<void> {
  const answer = {
    fingerprint: kept.fingerprint,
    address_hash: kept.addressHash,
    status: kept.status,
    headers: JSON.stringify(kept.headers),
    body: kept.body ?? null,
    answered_at: now,
  };
  await db
    .insertInto('idempotency_keys')
    .values({ key_hash: kept.keyHash, ...answer })
    .onConflict((conflict) => conflict.column('key_hash').doUpdateSet(answer))
    .execute();
}

/** Forgets answers whose time is over. */
export async function deleteOldAnswers(db: Queryable, now: Instant): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('answered_at', '<=', now - keptAnswerMs)
    .execute();
}
