import { asError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { waitingInboundMessages } from '../store/inbound-messages.ts';
import { handleMessage, type InboundHouse } from './handle.ts';

/** How many messages came to what. */
export interface InboundCounts {
  readonly done: number;
  readonly unmatched: number;
  readonly unread: number;
  /** Not handled for a fault of ours, such as a full disk: they wait on. */
  readonly failed: number;
  /** Addresses or subscriptions that get no more mail. */
  readonly suppressed: number;
  /** Refusals that are about us. */
  readonly alarms: number;
}

const batchSize = 50;

/**
 * Handles all messages that wait, the oldest first. One that fails waits for the next time and does not stop the
 * others. Stops between two messages when the signal is aborted.
 */
export async function handleWaiting(
  house: InboundHouse & { readonly log: Logger },
  signal: AbortSignal,
): Promise<InboundCounts> {
  const counts = { done: 0, unmatched: 0, unread: 0, failed: 0, suppressed: 0, alarms: 0 };
  for (let after = 0; ;) {
    const messages = await waitingInboundMessages(house.db, { after, limit: batchSize });
    if (messages.length === 0) return counts;
    for (const message of messages) {
      if (signal.aborted) return counts;
      after = message.id;
      try {
        const { state, actions } = await handleMessage(house, message);
        counts[state] += 1;
        for (const { action, reason } of actions) {
          if (action.startsWith('suppress')) counts.suppressed += 1;
          if (action === 'alarm') {
            counts.alarms += 1;
            house.log.warn({ message: message.id }, `mail that came in: ${reason}`);
          }
        }
      } catch (thrown) {
        house.log.error({ err: asError(thrown), message: message.id }, 'a message could not be handled');
        counts.failed += 1;
      }
    }
  }
}
