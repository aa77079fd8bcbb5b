import type { Instant } from '../domain/time.ts';
import type { Queryable } from '../store/database.ts';
import { addBounceEvent, bouncesOf, settleInDoubt, type BouncedDelivery } from '../store/inbound-events.ts';
import { endSubscription } from '../store/leaving.ts';
import { allDigests, suppress } from '../store/suppressions.ts';
import { decide, historyMs, type InboundAction } from './decide.ts';
import type { RecipientReport } from './report.ts';

/** Whom it is about, proven by a token, a Message-ID or a provider's signature. */
export type Subject = Pick<BouncedDelivery, 'digest' | 'addressHash'> & { readonly deliveryId?: number };

/** Where an event comes from and when. */
export interface EventFrame {
  readonly provider: string;
  readonly eventId: string;
  readonly messageId?: number;
  readonly happenedAt: Instant;
  readonly now: Instant;
}

/** Stores the event with what follows from it and does that; undefined when it was stored before. */
export async function record(
  db: Queryable,
  subject: Subject,
  told: RecipientReport,
  { provider, eventId, messageId, happenedAt, now }: EventFrame,
): Promise<InboundAction | undefined> {
  const past = await bouncesOf(db, subject.addressHash, now - historyMs);
  const at = Math.min(happenedAt, now);
  const action = decide(told, past, at);
  const isNew = await addBounceEvent(db, {
    provider,
    eventId,
    ...(subject.deliveryId !== undefined && { deliveryId: subject.deliveryId }),
    ...(messageId !== undefined && { messageId }),
    addressHash: subject.addressHash,
    kind: told.kind,
    ...(told.reason !== undefined && { reason: told.reason }),
    ...(told.status !== undefined && { status: told.status }),
    ...(told.code !== undefined && { code: told.code }),
    diagnostic: told.diagnostic,
    happenedAt: at,
    receivedAt: now,
    action: `${action.action}: ${action.reason}`,
  });
  if (!isNew) return undefined;
  if (subject.deliveryId !== undefined) await settleInDoubt(db, subject.deliveryId, now);
  if (action.action === 'suppress all' || action.action === 'suppress digest') {
    const digest = action.action === 'suppress all' || subject.digest === '' ? allDigests : subject.digest;
    const { addressHash } = subject;
    if (told.kind === 'unsubscribe') await endSubscription(db, { addressHash, way: 'mail' }, digest, now);
    else await suppress(db, { addressHash, digest, reason: action.reason, now });
  }
  return action;
}
