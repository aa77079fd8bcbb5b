import { noFollows, type StoredSubscriber } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { recordConsents } from '../store/consents.ts';
import type { Database, Queryable } from '../store/database.ts';
import { advanceRequest, findRequest, type AskedRequest } from '../store/requests.ts';
import { findSubscriber, insertSubscribers, setProfile, setSubscription } from '../store/subscribers.ts';
import { isBarred, liftSuppressions } from '../store/suppressions.ts';
import { profileOf } from './profile.ts';
import type { Tokens } from './tokens.ts';

/** How the request behind a link stands. `barred`: complaints or bounces keep mail from the address, whatever its owner says. */
export type RequestStanding =
  | { readonly state: 'open'; readonly request: AskedRequest }
  | { readonly state: 'done' | 'barred'; readonly request: AskedRequest }
  | { readonly state: 'expired' | 'unknown' };

/** How a confirmation link stands; nothing is changed. */
export async function lookAtConfirm(
  db: Queryable,
  tokens: Pick<Tokens, 'verifyTimed'>,
  token: string,
  now: Instant,
): Promise<RequestStanding> {
  const verdict = tokens.verifyTimed(token, 'confirm', now);
  if (!verdict) return { state: 'unknown' };
  if (verdict.state === 'expired') return { state: 'expired' };
  const request = await findRequest(db, Number(verdict.request));
  if (request?.kind !== 'sign-up' || request.addressHash !== verdict.addressHash) return { state: 'expired' };
  if (request.state !== 'open') return { state: 'done', request };
  return { state: (await isBarred(db, request.addressHash)) ? 'barred' : 'open', request };
}

export interface Confirmation {
  readonly db: Database;
  readonly tokens: Pick<Tokens, 'verifyTimed' | 'clientHash'>;
  /** Keys of all digests. */
  readonly digests: readonly string[];
}

/**
 * The owner of an address said yes by the link that was mailed to it: from here on they are subscribed, and the proof is
 * stored. Their own earlier no to these digests, or an erasure, is lifted: it is their own later word. A complaint or a
 * bounce is not. Once only: a link that was used does nothing more, also not after they left again.
 */
export async function confirm(
  parts: Confirmation,
  token: string,
  client: string | undefined,
  now: Instant,
): Promise<RequestStanding> {
  const { db, tokens, digests } = parts;
  const standing = await lookAtConfirm(db, tokens, token, now);
  if (standing.state !== 'open') return standing;
  const { request } = standing;
  await db.transaction().execute(async (transaction) => {
    if (!(await advanceRequest(transaction, request.id, 'open', 'done'))) return;
    await addSubscriber(transaction, request, now);
    const subscriber = await findSubscriber(transaction, request.addressHash);
    if (!subscriber) throw new Error('expected the subscriber that was just stored, found none');
    await joined(transaction, subscriber, request, now);
    const chosen = request.choice.digests.map(({ digest }) => digest);
    const others = digests.filter((key) => !chosen.includes(key));
    await liftSuppressions(transaction, request.addressHash, chosen, others, now);
    await recordConsents(
      transaction,
      chosen.flatMap((digest) => [
        { ...proof(request, request.clientHash), digest, act: 'asked', way: 'form', at: request.askedAt },
        {
          ...proof(request, client === undefined ? undefined : tokens.clientHash(client)),
          digest,
          act: 'confirmed',
          way: 'link',
          at: now,
        },
      ]),
    );
  });
  return { state: 'done', request };
}

/** Stores the address without a subscription when it is not known. */
async function addSubscriber(db: Queryable, request: AskedRequest, now: Instant): Promise<void> {
  const { newAddress: address, addressHash } = request;
  const bare = { follows: noFollows, muted: [], subscriptions: [] };
  await insertSubscribers(db, [{ ...bare, address, addressHash, origin: 'sign-up', by: 'reader' }], now);
}

async function joined(
  db: Queryable,
  subscriber: StoredSubscriber,
  { choice }: AskedRequest,
  now: Instant,
): Promise<void> {
  const { hour } = choice;
  const { hour: _, pausedUntil: __, ...rest } = profileOf(subscriber);
  await setProfile(db, subscriber.id, { ...rest, ...(hour && { hour }) }, 'reader', now);
  for (const { digest, topics } of choice.digests) {
    const subscription = { digest, state: 'confirmed' as const, cadence: choice.cadence };
    await setSubscription(db, subscriber.id, { ...subscription, ...(topics && { topics }) }, 'reader', now);
  }
}

function proof({ addressHash, wording }: AskedRequest, clientHash: string | undefined) {
  return {
    addressHash,
    ...(wording !== undefined && { wording }),
    ...(clientHash !== undefined && { clientHash }),
  };
}
