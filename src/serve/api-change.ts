import { isDeepStrictEqual } from 'node:util';
import type { Digest } from '../domain/digest.ts';
import type { StoredSubscriber } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { recordConsents } from '../store/consents.ts';
import type { Queryable } from '../store/database.ts';
import { insertBareSubscriber } from '../store/new-subscriber.ts';
import { findSubscriber, setProfile, setSubscription } from '../store/subscribers.ts';
import { allDigests } from '../store/suppressions.ts';
import { leave } from '../subscribers/leave.ts';
import { profileOf } from '../subscribers/profile.ts';
import { ownTopics, profileOfChoices, wantedSubscriptions, type WantedSubscription } from './api-choices.ts';
import type { Choices } from './api-subscriber-schema.ts';

/** Whom a change is about, as they stand. */
export interface Standing {
  readonly address: string;
  readonly addressHash: string;
  /** Undefined while the address is not known. */
  readonly subscriber: StoredSubscriber | undefined;
  /** Digests of which no mail goes to the address, `*` for all. */
  readonly noMailOf: readonly string[];
}

/** In consents and on the list of who left. */
export const apiWay = 'api';

/**
 * The digests that somebody would be made a reader of although a no stands against it: the address is on the list of
 * those that get no mail, or the person left by their own word or by that of an import. Empty when the change may be made.
 */
export function forbiddenDigests(
  { subscriber, noMailOf }: Standing,
  choices: Choices,
  digests: readonly Pick<Digest, 'key' | 'topics'>[],
): readonly string[] {
  // An address without a subscriber that gets no mail at all was erased, or said no before it was ever stored.
  if (!subscriber && noMailOf.includes(allDigests)) return [allDigests];
  return wantedSubscriptions(choices, digests).flatMap(({ digest, state }) => {
    const stored = subscriber?.subscriptions.find((one) => one.digest === digest);
    if (state === 'unsubscribed' || state === stored?.state) return [];
    const isListed = noMailOf.includes(digest) || noMailOf.includes(allDigests);
    const saidNo = stored?.state === 'unsubscribed' && ['reader', 'import'].includes(stored.changedBy);
    return isListed || saidNo ? [digest] : [];
  });
}

/**
 * Makes a subscriber what the choices say, as the operator's word, inside the caller's transaction. What is as it should
 * be is not touched, so that a reader's own choices stay theirs. Whatever ends is a no, as if the reader had left.
 * Call it only without forbidden digests.
 */
export async function applyChoices(
  db: Queryable,
  standing: Standing,
  choices: Choices,
  digests: readonly Pick<Digest, 'key' | 'topics'>[],
  now: Instant,
): Promise<void> {
  const { address, addressHash, subscriber } = standing;
  const id =
    subscriber?.id ??
    (await insertBareSubscriber(db, { address, addressHash, origin: 'operator', by: 'operator' }, now));
  const profile = profileOfChoices(choices);
  if (!subscriber || !isDeepStrictEqual(profile, profileOf(subscriber))) {
    await setProfile(db, id, profile, 'operator', now);
  }

  const wanted = wantedSubscriptions(choices, digests);
  const isConfigured = (digest: string): boolean => digests.some(({ key }) => key === digest);
  const left = (subscriber?.subscriptions ?? []).filter(
    ({ digest }) => isConfigured(digest) && !wanted.some((one) => one.digest === digest),
  );
  for (const one of [...wanted, ...left.map(ended)]) {
    const stored = subscriber?.subscriptions.find(({ digest }) => digest === one.digest);
    const own = stored && ownTopics(stored.topics, one.digest, digests);
    const isSame = stored?.cadence === one.cadence && isDeepStrictEqual(own, one.topics);
    await applyOne(db, { id, addressHash }, stored?.state, one, isSame, now);
  }
}

async function applyOne(
  db: Queryable,
  { id, addressHash }: { readonly id: number; readonly addressHash: string },
  storedState: WantedSubscription['state'] | undefined,
  wanted: WantedSubscription,
  isSame: boolean,
  now: Instant,
): Promise<void> {
  const { digest, state } = wanted;
  if (storedState === state && isSame) return;
  const isEnd = state === 'unsubscribed' && storedState !== state;
  if (isEnd) await leave(db, { addressHash, way: apiWay }, { what: 'digest', digest }, [], now);
  if (!isEnd || !isSame) {
    await setSubscription(db, id, wanted, state === 'unsubscribed' ? 'reader' : 'operator', now);
  }
  if (state === 'unsubscribed' || storedState === state) return;
  const act = state === 'confirmed' ? 'confirmed' : 'asked';
  await recordConsents(db, [{ addressHash, digest, act, at: now, way: apiWay }]);
}

function ended({ digest, topics, cadence }: WantedSubscription): WantedSubscription {
  return { digest, state: 'unsubscribed', cadence, ...(topics && { topics }) };
}

/** The subscriber after a change. */
export async function storedNow(db: Queryable, addressHash: string): Promise<StoredSubscriber> {
  const subscriber = await findSubscriber(db, addressHash);
  if (!subscriber) throw new Error('expected the subscriber that was just stored, found none');
  return subscriber;
}
