import { noFollows } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { recordConsents } from '../store/consents.ts';
import type { Database, Queryable } from '../store/database.ts';
import { findSubscriber, insertSubscribers, setSubscription } from '../store/subscribers.ts';
import { allDigests, erasedReason, suppressionsOf } from '../store/suppressions.ts';

/** What came of the operator's word for one digest. */
export interface Added {
  readonly digest: string;
  readonly result: 'added' | 'there already' | 'refused';
  /** Why it was refused. */
  readonly why?: string;
}

/**
 * Subscribes an address by the operator's word, with its proof of consent. Refused for whoever left, bounced, complained
 * or was erased: only their own sign-up brings them back. Doing it again changes nothing.
 */
export async function addByOperator(
  db: Database,
  subject: { readonly address: string; readonly addressHash: string },
  digests: readonly string[],
  now: Instant,
): Promise<readonly Added[]> {
  // Looked up and stored in one transaction, so that nobody's no comes in between.
  return db.transaction().execute((transaction) => add(transaction, subject, digests, now));
}

async function add(
  db: Queryable,
  { address, addressHash }: { readonly address: string; readonly addressHash: string },
  digests: readonly string[],
  now: Instant,
): Promise<readonly Added[]> {
  const noMail = new Map(
    (await suppressionsOf(db, addressHash)).map(({ digest, reason }) => [digest, reason]),
  );
  const known = await findSubscriber(db, addressHash);
  const results = digests.map((digest): Added => {
    const reason = noMail.get(allDigests) ?? noMail.get(digest);
    if (reason !== undefined) return { digest, result: 'refused', why: refusal(reason) };
    const stored = known?.subscriptions.find((one) => one.digest === digest);
    if (stored?.state === 'confirmed') return { digest, result: 'there already' };
    if (stored?.state === 'unsubscribed' && stored.changedBy !== 'file') {
      return { digest, result: 'refused', why: refusal('unsubscribed') };
    }
    return { digest, result: 'added' };
  });
  const added = results.filter(({ result }) => result === 'added').map(({ digest }) => digest);
  if (added.length === 0) return results;
  const bare = { address, addressHash, follows: noFollows, muted: [], subscriptions: [] };
  await insertSubscribers(db, [{ ...bare, origin: 'operator', by: 'operator' }], now);
  const subscriber = await findSubscriber(db, addressHash);
  if (!subscriber) throw new Error('expected the subscriber that was just stored, found none');
  for (const digest of added) {
    await setSubscription(
      db,
      subscriber.id,
      { digest, state: 'confirmed', cadence: 'every' },
      'operator',
      now,
    );
  }
  await recordConsents(
    db,
    added.map((digest) => ({ addressHash, digest, act: 'confirmed', at: now, way: 'operator' })),
  );
  return results;
}

function refusal(reason: string): string {
  if (reason.startsWith(erasedReason)) {
    return 'its owner had everything about it erased; only they can sign up again';
  }
  if (reason === 'unsubscribed') return 'its owner has left; only they can sign up again, on the page';
  return `no mail goes to it: ${reason}`;
}
