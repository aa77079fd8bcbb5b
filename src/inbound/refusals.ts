import type { Database } from '../store/database.ts';
import { refusedDeliveries } from '../store/inbound-events.ts';
import type { Instant } from '../domain/time.ts';
import type { InboundAction } from './decide.ts';
import { readRefusal } from './reason.ts';
import { record } from './record.ts';
import { bounceKind } from './report.ts';

const batchSize = 500;

/**
 * Counts what servers refused for good while we were sending as the bounces they are: the same words, the same rules.
 * Each delivery once; those of the newest editions. A refusal before the mail was handed over is one of RCPT.
 */
export async function countRefusals(db: Database, now: Instant): Promise<readonly InboundAction[]> {
  const done: InboundAction[] = [];
  for (;;) {
    const refused = await refusedDeliveries(db, batchSize);
    for (const { delivery, reply, code, wasHandedOver, at } of refused) {
      const beside = wasHandedOver ? 'in reply to end of data' : 'in reply to rcpt';
      const reading = readRefusal({ text: reply, beside });
      const { reason, status } = reading;
      const replyCode = reading.code ?? code;
      const told = {
        kind: bounceKind(reason),
        reason,
        ...(status !== undefined && { status }),
        ...(replyCode !== undefined && { code: replyCode }),
        diagnostic: reply,
      };
      const subject = { digest: delivery.digest, addressHash: delivery.addressHash, deliveryId: delivery.id };
      const frame = { provider: 'smtp', eventId: `delivery ${delivery.id}`, happenedAt: at ?? now, now };
      const action = await db
        .transaction()
        .execute((transaction) => record(transaction, subject, told, frame));
      if (action) done.push(action);
    }
    if (refused.length < batchSize) return done;
  }
}
