import type { StoredSubscriber } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { recordConsents, type Consent } from '../store/consents.ts';
import type { Database } from '../store/database.ts';
import {
  findSubscribers,
  insertSubscribers,
  setProfile,
  setSubscription,
  subscribersAfter,
} from '../store/subscribers.ts';
import { erasedHashes } from '../store/suppressions.ts';
import type { Audience } from './audience.ts';
import { planSync, type SyncPlan } from './sync-plan.ts';
import type { Tokens } from './tokens.ts';

/** What the files would change now; nothing is stored. */
export async function draftSync(
  db: Database,
  tokens: Pick<Tokens, 'addressHash'>,
  audience: Audience,
): Promise<SyncPlan> {
  const readers = audience.subscribers.map((reader) => ({
    reader,
    addressHash: tokens.addressHash(reader.address),
  }));
  const stored = new Map<number, StoredSubscriber>();
  for (const subscriber of await findSubscribers(
    db,
    readers.map(({ addressHash }) => addressHash),
  )) {
    stored.set(subscriber.id, subscriber);
  }
  for await (const subscriber of fromFiles(db)) stored.set(subscriber.id, subscriber);
  return planSync(readers, [...stored.values()], await erasedHashes(db));
}

/**
 * Makes the store say what complete files say, as `planSync` has it, and records it as consent by file. Nothing is
 * stored while a file cannot be read whole: a no may stand in it. Doing it again changes nothing.
 */
export async function syncSubscribers(
  db: Database,
  tokens: Pick<Tokens, 'addressHash'>,
  audience: Audience,
  now: Instant,
): Promise<SyncPlan> {
  const plan = await draftSync(db, tokens, audience);
  if (!audience.isComplete) return { ...plan, add: [], change: [] };
  if (plan.add.length > 0) {
    const consents = plan.add.flatMap(({ addressHash, subscriptions }) =>
      subscriptions.map(({ digest, state }) => consent(addressHash, digest, state, now)),
    );
    await db.transaction().execute(async (transaction) => {
      await insertSubscribers(transaction, plan.add, now);
      await recordConsents(transaction, consents);
    });
  }
  for (const { subscriber, profile, subscriptions } of plan.change) {
    await db.transaction().execute(async (transaction) => {
      if (profile) await setProfile(transaction, subscriber.id, profile, 'file', now);
      for (const change of subscriptions) {
        await setSubscription(transaction, subscriber.id, change, 'file', now);
      }
      const consents = subscriptions
        .filter(({ what }) => what !== 'chooses')
        .map(({ digest, state }) => consent(subscriber.addressHash, digest, state, now));
      await recordConsents(transaction, consents);
    });
  }
  return plan;
}

function consent(addressHash: string, digest: string, state: string, at: Instant): Consent {
  return { addressHash, digest, act: state === 'confirmed' ? 'confirmed' : 'left', at, way: 'file' };
}

const atOnce = 1_000;

async function* fromFiles(db: Database): AsyncGenerator<StoredSubscriber> {
  for (let afterId = 0; ;) {
    const some = await subscribersAfter(db, { afterId, limit: atOnce, origin: 'file' });
    yield* some;
    const last = some.at(-1);
    if (!last || some.length < atOnce) return;
    afterId = last.id;
  }
}
