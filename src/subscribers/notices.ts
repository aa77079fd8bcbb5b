import type { Digest } from '../domain/digest.ts';
import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/database.ts';
import type { Notice } from '../store/notices.ts';
import { findRequest, type AskedRequest } from '../store/requests.ts';
import { findSubscriber } from '../store/subscribers.ts';
import { isBarred, suppressionsOf } from '../store/suppressions.ts';
import { preferencesPath } from './preferences.ts';
import type { Tokens } from './tokens.ts';

/** What a notice says, before it is put into words. `already` answers a sign-up of who gets it all already. */
export interface NoticeLetter {
  readonly kind: Notice['kind'] | 'already';
  readonly to: string;
  readonly addressHash: string;
  /** Where its one button leads, below the site. */
  readonly path: string;
  /** Names from the configuration. */
  readonly digestNames: readonly string[];
}

export interface NoticeParts {
  readonly db: Queryable;
  readonly tokens: Pick<Tokens, 'sign' | 'signTimed' | 'addressHash'>;
  readonly digests: readonly Pick<Digest, 'key' | 'name'>[];
}

/**
 * The letter of a notice whose turn has come, or undefined when none may go out: nobody has the address, what it is about
 * was settled meanwhile, or complaints and bounces keep mail from it. This is where known, unknown and suppressed
 * addresses part; the page that took the request did not know.
 */
export async function noticeLetter(
  parts: NoticeParts,
  notice: Notice,
  now: Instant,
): Promise<NoticeLetter | undefined> {
  if (now >= notice.expiresAt) return undefined;
  switch (notice.kind) {
    case 'confirm':
      return confirmLetter(parts, notice);
    case 'change-old':
    case 'change-new':
      return changeLetter(parts, notice);
    case 'link':
    case 'export':
    case 'erase':
      return ownerLetter(parts, notice, notice.kind);
  }
}

async function confirmLetter(parts: NoticeParts, notice: Notice): Promise<NoticeLetter | undefined> {
  const { db, tokens } = parts;
  const request = await requestOf(db, notice);
  if (request?.state !== 'open' || (await isBarred(db, notice.addressHash))) return undefined;
  const { addressHash, newAddress: to, expiresAt } = request;
  const chosen = request.choice.digests.map(({ digest }) => digest);
  const digestNames = namesOf(parts, chosen);
  if (await getsAll(db, addressHash, chosen)) {
    return { kind: 'already', to, addressHash, path: preferencesPath(tokens, addressHash), digestNames };
  }
  const token = tokens.signTimed('confirm', { request: String(request.id), addressHash }, expiresAt);
  return { kind: 'confirm', to, addressHash, path: `c/${token}`, digestNames };
}

async function changeLetter(parts: NoticeParts, notice: Notice): Promise<NoticeLetter | undefined> {
  const { db, tokens } = parts;
  const request = await requestOf(db, notice);
  const subscriber = await findSubscriber(db, notice.addressHash);
  const isOld = notice.kind === 'change-old';
  if (!subscriber || request?.state !== (isOld ? 'open' : 'agreed')) return undefined;
  const to = isOld ? subscriber.address : request.newAddress;
  const addressHash = tokens.addressHash(to);
  if (await isBarred(db, addressHash)) return undefined;
  const about = { request: `${request.id}-${isOld ? 'old' : 'new'}`, addressHash };
  const token = tokens.signTimed('change-address', about, request.expiresAt);
  return { kind: notice.kind, to, addressHash, path: `a/${token}`, digestNames: [] };
}

async function ownerLetter(
  { db, tokens }: NoticeParts,
  { addressHash, expiresAt }: Notice,
  kind: 'link' | 'export' | 'erase',
): Promise<NoticeLetter | undefined> {
  const subscriber = await findSubscriber(db, addressHash);
  if (!subscriber || (await isBarred(db, addressHash))) return undefined;
  const letter = { kind, to: subscriber.address, addressHash, digestNames: [] };
  if (kind === 'link') return { ...letter, path: preferencesPath(tokens, addressHash) };
  const token = tokens.signTimed(kind, { request: kind, addressHash }, expiresAt);
  return { ...letter, path: `${kind === 'export' ? 'x' : 'e'}/${token}` };
}

async function requestOf(db: Queryable, { requestId }: Notice): Promise<AskedRequest | undefined> {
  return requestId === undefined ? undefined : findRequest(db, requestId);
}

/** Whether the address gets all these digests, with nothing against it. */
async function getsAll(db: Queryable, addressHash: string, digests: readonly string[]): Promise<boolean> {
  const subscriber = await findSubscriber(db, addressHash);
  if (!subscriber) return false;
  const refused = (await suppressionsOf(db, addressHash)).map(({ digest }) => digest);
  return digests.every(
    (key) =>
      !refused.includes(key) &&
      !refused.includes('*') &&
      subscriber.subscriptions.some(({ digest, state }) => digest === key && state === 'confirmed'),
  );
}

function namesOf({ digests }: NoticeParts, keys: readonly string[]): readonly string[] {
  return keys.map((key) => digests.find((digest) => digest.key === key)?.name ?? key);
}
