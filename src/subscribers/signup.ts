import { dayMs, hourMs, type Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { insertNotice } from '../store/notices.ts';
import { countRequest, type RequestLimit } from '../store/request-counts.ts';
import { insertRequest, type SignUpChoice } from '../store/requests.ts';
import type { Tokens } from './tokens.ts';

/** How many mails strangers can cause by the forms. */
export interface SignUpLimits {
  readonly perAddressADay: number;
  readonly perClientAnHour: number;
  readonly totalAnHour: number;
}

export const usualLimits: SignUpLimits = { perAddressADay: 3, perClientAnHour: 20, totalAnHour: 500 };

export interface SignUpParts {
  readonly db: Database;
  readonly tokens: Pick<Tokens, 'addressHash' | 'clientHash'>;
  readonly limits: SignUpLimits;
}

/** The link in a confirmation mail works so long. */
export const confirmMs = 7 * dayMs;
/** A link to one's preferences works for ever; the mail with it is not worth sending later than that. */
const linkMs = dayMs;

/** Names the text beside the button that people say yes to; a new text gets a new name. */
export const consentWording = '2026-11 confirm page: I want to get these mails';

/**
 * Somebody typed an address into the sign-up form: a mail with a link goes to it, unless too many do already. Who has
 * the address, whether it is known and whether mail may go to it is looked at when that mail is due and not here: so the
 * answer to everybody is the same and takes as long.
 */
export async function askToJoin(
  parts: SignUpParts,
  asked: { readonly address: string; readonly choice: SignUpChoice; readonly client?: string },
  now: Instant,
): Promise<void> {
  const { db, tokens } = parts;
  const addressHash = tokens.addressHash(asked.address);
  const clientHash = asked.client === undefined ? undefined : tokens.clientHash(asked.client);
  if (!(await countRequest(db, limitsOf(parts.limits, addressHash, clientHash), now))) return;
  const expiresAt = now + confirmMs;
  await db.transaction().execute(async (transaction) => {
    const requestId = await insertRequest(transaction, {
      kind: 'sign-up',
      addressHash,
      newAddress: asked.address,
      choice: asked.choice,
      wording: consentWording,
      ...(clientHash !== undefined && { clientHash }),
      askedAt: now,
      expiresAt,
    });
    await insertNotice(transaction, { kind: 'confirm', requestId, addressHash, askedAt: now, expiresAt });
  });
}

/** Somebody lost the link to their preferences: it goes to the address, when it is a subscriber's; else nothing does. */
export async function askForLink(
  parts: SignUpParts,
  asked: { readonly address: string; readonly client?: string },
  now: Instant,
): Promise<void> {
  const { db, tokens } = parts;
  const addressHash = tokens.addressHash(asked.address);
  const clientHash = asked.client === undefined ? undefined : tokens.clientHash(asked.client);
  if (!(await countRequest(db, limitsOf(parts.limits, addressHash, clientHash), now))) return;
  await insertNotice(db, { kind: 'link', addressHash, askedAt: now, expiresAt: now + linkMs });
}

/** The widest first: whatever a client does, the counts are no more than all may ask for. */
export function limitsOf(
  limits: SignUpLimits,
  addressHash: string,
  clientHash: string | undefined,
): readonly RequestLimit[] {
  return [
    { subject: 'all', windowMs: hourMs, most: limits.totalAnHour },
    ...(clientHash === undefined
      ? []
      : [{ subject: `client ${clientHash}`, windowMs: hourMs, most: limits.perClientAnHour }]),
    { subject: `address ${addressHash}`, windowMs: dayMs, most: limits.perAddressADay },
  ];
}
