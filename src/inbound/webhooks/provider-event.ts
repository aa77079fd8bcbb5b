import type { Instant } from '../../domain/time.ts';
import { readRefusal } from '../reason.ts';
import { bounceKind, type BounceReason, type RecipientReport, type ReportKind } from '../report.ts';

/** One thing that a mail provider tells, about one or more recipients of one mail. */
export interface ProviderEvent {
  /** The provider's own id: the same whenever it tells it again. */
  readonly id: string;
  readonly recipients: readonly RecipientReport[];
  /** Message-ID of the mail, with angle brackets, where the provider keeps ours. */
  readonly originalMessageId?: string;
  readonly at?: Instant;
}

/** What became of a request to a hook. */
export type HookReading =
  | { readonly verdict: 'genuine'; readonly events: readonly ProviderEvent[]; readonly nonce?: string }
  /** SNS asks whether we want its notifications; fetching the address says yes. */
  | { readonly verdict: 'confirm'; readonly url: string }
  /** Not signed as it has to be: nothing of it counts. */
  | { readonly verdict: 'forged'; readonly reason: string }
  /** Genuine, but in a form that is not known here: kept. */
  | { readonly verdict: 'unread'; readonly reason: string };

/** What came in, whole. */
export interface HookRequest {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** A recipient of whom the provider has the server's own words, and a class of its own. */
export interface ProviderBounce {
  readonly address: string;
  /** What the server said; may be empty. */
  readonly diagnostic: string;
  readonly status?: string | undefined;
  /** What the provider's class means where the words say nothing. */
  readonly otherwise: BounceReason;
}

/** The words of the server first, then its code, then the class of the provider. */
export function providerRecipient({
  address,
  diagnostic,
  status,
  otherwise,
}: ProviderBounce): RecipientReport {
  const text = diagnostic.replace(/^smtp; ?/i, '');
  const reading = readRefusal({ text, ...(status !== undefined && { status }) });
  const reason = reading.reason === 'unclear' ? otherwise : reading.reason;
  return {
    kind: bounceKind(reason),
    address,
    reason,
    ...(reading.status !== undefined && { status: reading.status }),
    ...(reading.code !== undefined && { code: reading.code }),
    diagnostic: oneLine(text),
  };
}

/** A recipient about whom nothing failed. */
export function plainRecipient(kind: ReportKind, address: string, diagnostic: string): RecipientReport {
  return { kind, address, diagnostic: oneLine(diagnostic) };
}

function oneLine(text: string): string {
  return text
    .slice(0, 2_000)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}

/** The JSON value of a text, or undefined where it is none. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A Message-ID in its form with angle brackets, whether the provider leaves them out or not. */
export function bracketed(messageId: string | undefined): { originalMessageId?: string } {
  const bare = messageId?.trim().replace(/^<|>$/g, '');
  return bare === undefined || bare === '' ? {} : { originalMessageId: `<${bare}>` };
}
