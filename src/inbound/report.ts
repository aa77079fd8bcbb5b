/** What a mail that came back says, in the words of this house. */
export type ReportKind =
  /** The address does not exist, moved, or takes no mail: writing again is no use. */
  | 'hard'
  /** This mail did not arrive; a later one may. */
  | 'soft'
  /** Refused for what we sent or who we are: never the reader's fault. */
  | 'policy'
  /** The reader called it spam (RFC 5965). */
  | 'complaint'
  /** A holiday reply or another machine's answer (RFC 3834). */
  | 'auto-reply'
  /** Delayed, delivered, relayed, read, or a report about authentication: nothing to do. */
  | 'notice'
  /** The reader asks to leave. */
  | 'unsubscribe'
  | 'unknown';

/** Why one address did not get it. */
export type BounceReason =
  | 'unknown user'
  | 'unknown host'
  | 'moved'
  | 'takes no mail'
  | 'mailbox full'
  | 'disabled'
  | 'filtered'
  | 'expired'
  | 'unreachable'
  | 'too big'
  | 'too many'
  | 'system'
  | 'blocked'
  | 'spam'
  | 'authentication'
  | 'relaying'
  | 'policy'
  | 'unclear';

/** What RFC 3464 section 2.3.3 lets a mail server say that it did. */
export type DsnAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

export interface RecipientReport {
  readonly kind: ReportKind;
  /** As the report names it; undefined where it names none. */
  readonly address?: string;
  readonly reason?: BounceReason;
  readonly action?: DsnAction;
  /** RFC 3463, such as `5.1.1`. */
  readonly status?: string;
  /** RFC 5321, such as 550. */
  readonly code?: number;
  /** What the refusing server said, on one line of at most 500 characters. */
  readonly diagnostic: string;
}

export interface InboundReport {
  /** The gravest of its recipients. */
  readonly kind: ReportKind;
  /** At least one, except where the kind is `unknown`. */
  readonly recipients: readonly RecipientReport[];
  /** Message-ID of the mail it is about, with angle brackets. */
  readonly originalMessageId?: string;
  /** RFC 5965 section 3.1: `abuse`, `opt-out`, `auth-failure`. */
  readonly feedbackType?: string;
}

const kindOfReason: Readonly<Record<BounceReason, ReportKind>> = {
  'unknown user': 'hard',
  'unknown host': 'hard',
  moved: 'hard',
  'takes no mail': 'hard',
  'mailbox full': 'soft',
  disabled: 'soft',
  filtered: 'soft',
  expired: 'soft',
  unreachable: 'soft',
  'too big': 'soft',
  'too many': 'soft',
  system: 'soft',
  blocked: 'policy',
  spam: 'policy',
  authentication: 'policy',
  relaying: 'policy',
  policy: 'policy',
  unclear: 'soft',
};

/** Whether a refusal for this reason speaks against the address, against us, or only against the moment. */
export function bounceKind(reason: BounceReason): ReportKind {
  return kindOfReason[reason];
}
