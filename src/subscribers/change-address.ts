import type { StoredSubscriber } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import { recordConsents } from '../store/consents.ts';
import { setAddress } from '../store/changed-addresses.ts';
import type { Database, Queryable } from '../store/database.ts';
import { insertNotice } from '../store/notices.ts';
import { countRequest } from '../store/request-counts.ts';
import { advanceRequest, findRequest, insertRequest, type AskedRequest } from '../store/requests.ts';
import { findSubscriber, setProfile, setSubscription } from '../store/subscribers.ts';
import { allDigests, isBarred, liftSuppressions, suppress, suppressionsOf } from '../store/suppressions.ts';
import { ownerLinkMs } from './preferences.ts';
import { profileOf } from './profile.ts';
import { consentWording, limitsOf, type SignUpLimits } from './signup.ts';
import type { Tokens } from './tokens.ts';

/** Which of the two addresses a link was mailed to. */
export type AddressEnd = 'old' | 'new';

export type ChangeStanding =
  | { readonly state: 'open'; readonly end: AddressEnd; readonly request: AskedRequest }
  /** This end has said yes. */
  | { readonly state: 'done'; readonly end: AddressEnd }
  /** The new address has a subscription of its own, or complaints and bounces keep mail from it. */
  | { readonly state: 'taken' | 'barred' }
  | { readonly state: 'expired' | 'unknown' };

/** Somebody with the preferences link wants another address: the old one is asked first, and until it agrees nothing goes to the new one. */
export async function askToChange(
  db: Database,
  limits: SignUpLimits,
  asked: { readonly addressHash: string; readonly newAddress: string },
  now: Instant,
): Promise<void> {
  const { addressHash, newAddress } = asked;
  if (!(await countRequest(db, limitsOf(limits, `change ${addressHash}`, undefined), now))) return;
  const expiresAt = now + ownerLinkMs;
  await db.transaction().execute(async (transaction) => {
    const requestId = await insertRequest(transaction, {
      kind: 'change-address',
      addressHash,
      newAddress,
      choice: { digests: [], cadence: 'every' },
      askedAt: now,
      expiresAt,
    });
    await insertNotice(transaction, { kind: 'change-old', requestId, addressHash, askedAt: now, expiresAt });
  });
}

/** How a link about a changed address stands; nothing is changed. */
export async function lookAtChange(
  db: Queryable,
  tokens: Pick<Tokens, 'verifyTimed' | 'addressHash'>,
  token: string,
  now: Instant,
): Promise<ChangeStanding> {
  const verdict = tokens.verifyTimed(token, 'change-address', now);
  if (!verdict) return { state: 'unknown' };
  if (verdict.state === 'expired') return { state: 'expired' };
  const [, id = '', end] = /^(\d+)-(old|new)$/.exec(verdict.request) ?? [];
  const request = await findRequest(db, Number(id));
  if (request?.kind !== 'change-address') return { state: 'expired' };
  const newHash = tokens.addressHash(request.newAddress);
  if (end === 'old' && verdict.addressHash === request.addressHash) {
    return request.state === 'open' ? { state: 'open', end, request } : { state: 'done', end };
  }
  if (end !== 'new' || verdict.addressHash !== newHash) return { state: 'unknown' };
  if (request.state === 'done') return { state: 'done', end };
  if (request.state !== 'agreed' || !(await findSubscriber(db, request.addressHash)))
    return { state: 'expired' };
  if (await findSubscriber(db, newHash)) return { state: 'taken' };
  if (await isBarred(db, newHash)) return { state: 'barred' };
  return { state: 'open', end, request };
}

/**
 * One end said yes. After the old one a mail goes to the new one; after the new one the subscriber has it, with all that
 * they chose, and nothing goes to the old one any more.
 */
export async function agreeToChange(
  parts: {
    readonly db: Database;
    readonly tokens: Pick<Tokens, 'verifyTimed' | 'addressHash' | 'clientHash'>;
    readonly digests: readonly string[];
  },
  token: string,
  client: string | undefined,
  now: Instant,
): Promise<ChangeStanding> {
  const { db, tokens } = parts;
  const standing = await lookAtChange(db, tokens, token, now);
  if (standing.state !== 'open') return standing;
  const { end, request } = standing;
  await db.transaction().execute(async (transaction) => {
    if (end === 'old') {
      if (!(await advanceRequest(transaction, request.id, 'open', 'agreed'))) return;
      const { id: requestId, addressHash, expiresAt } = request;
      await insertNotice(transaction, {
        kind: 'change-new',
        requestId,
        addressHash,
        askedAt: now,
        expiresAt,
      });
      return;
    }
    if (!(await advanceRequest(transaction, request.id, 'agreed', 'done'))) return;
    const subscriber = await withoutLeft(transaction, request.addressHash);
    if (!subscriber) return;
    const clientHash = client === undefined ? undefined : tokens.clientHash(client);
    const newHash = tokens.addressHash(request.newAddress);
    await move(transaction, subscriber, { address: request.newAddress, addressHash: newHash }, now);
    const chosen = confirmedDigests(subscriber);
    const others = parts.digests.filter((key) => !chosen.includes(key));
    await liftSuppressions(transaction, newHash, chosen, others, now);
    await recordConsents(
      transaction,
      chosen.map((digest) => ({
        addressHash: newHash,
        digest,
        act: 'confirmed',
        at: now,
        way: 'link',
        wording: consentWording,
        ...(clientHash !== undefined && { clientHash }),
      })),
    );
  });
  return { state: 'done', end };
}

/** The subscriber of an address. What they left by a list alone, as by mail, is left: the new address is on no list. */
async function withoutLeft(db: Queryable, addressHash: string): Promise<StoredSubscriber | undefined> {
  const subscriber = await findSubscriber(db, addressHash);
  const left = (await suppressionsOf(db, addressHash)).map(({ digest }) => digest);
  const isLeft = (digest: string): boolean => left.includes(digest) || left.includes(allDigests);
  return (
    subscriber && {
      ...subscriber,
      subscriptions: subscriber.subscriptions.map((one) =>
        isLeft(one.digest) ? { ...one, state: 'unsubscribed' } : one,
      ),
    }
  );
}

async function move(
  db: Queryable,
  subscriber: StoredSubscriber,
  to: { readonly address: string; readonly addressHash: string },
  now: Instant,
): Promise<void> {
  const { id, addressHash } = subscriber;
  await setAddress(db, id, to, now);
  // From here on all of it is the reader's own word: a file that still has the old address takes nothing away.
  await setProfile(db, id, profileOf(subscriber), 'reader', now);
  for (const subscription of subscriber.subscriptions) {
    await setSubscription(db, id, subscription, 'reader', now);
  }
  await suppress(db, { addressHash, digest: allDigests, reason: 'unsubscribed', now });
  await recordConsents(db, [{ addressHash, digest: allDigests, act: 'changed', at: now, way: 'link' }]);
}

function confirmedDigests({ subscriptions }: StoredSubscriber): readonly string[] {
  return subscriptions.filter(({ state }) => state === 'confirmed').map(({ digest }) => digest);
}
