import type { SubmissionOutcome } from '../domain/delivery.ts';

/** A message ready to go, the same bytes in every attempt. */
export interface OutgoingMessage {
  /** Envelope sender, RFC 5321 MAIL FROM. */
  readonly from: string;
  /** The one recipient. */
  readonly to: string;
  /** Unique for this edition and reader, fit for a file name on every system. */
  readonly key: string;
  /** Names the mail in reports about it (ENVID of RFC 3461): printable ASCII, no personal data. */
  readonly envelopeId?: string;
  /** The whole message of RFC 5322, lines ended by CRLF. */
  readonly raw: Uint8Array;
  /** Whether `raw` may go over the wire as it is: made with CRLF alone, no line begun by a dot, CRLF at its end. */
  readonly isWireReady?: true;
  /** Gives `raw` back to its maker, who may write over it: for a transport that is certain that nobody reads it any more. */
  release?(): void;
}

/**
 * A `SubmissionOutcome`, and for `blocked` whom it concerns: `sender` is our login, address or server,
 * so that every other message would fare the same; `message` may be about this one recipient only.
 */
export type SubmissionAnswer =
  | Exclude<SubmissionOutcome, { readonly result: 'blocked' }>
  | (Extract<SubmissionOutcome, { readonly result: 'blocked' }> & { readonly about: 'sender' | 'message' });

/** A way for mail to leave the house: SMTP, or files in a folder. */
export interface Transport {
  readonly name: string;
  /**
   * Tries once to hand the message over; every failure is a value. `beforeHandover` is awaited before the
   * last bytes go; when it answers false or throws, the message is not handed over. Once it has answered true, the
   * outcome is `in_doubt` unless the other side answered. An aborted signal ends the try at once, with
   * `deferred` before the hand-over and `in_doubt` after it.
   */
  submit(
    message: OutgoingMessage,
    beforeHandover: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<SubmissionAnswer>;
  /** Ends idle connections; submissions that are open go on. */
  close(): Promise<void>;
}
