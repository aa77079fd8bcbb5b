import { rawHash } from '../store/inbound-messages.ts';
import type { MessageParts } from './message-parts.ts';
import type { Subject } from './record.ts';
import type { RecipientReport } from './report.ts';

/**
 * The name by which what a mail tells counts once: the same mail can come in two ways, or twice into a mailbox, and then
 * its bytes differ in the trace at its head, but not its Message-ID (RFC 5322 section 3.6.4). Some systems give all
 * reports about a mail the same one, so that whom it is about and what it says are a part of the name; a mail without
 * one is known by its bytes.
 */
export function mailEventId(
  { headers }: Pick<MessageParts, 'headers'>,
  raw: Uint8Array,
  { addressHash, deliveryId }: Subject,
  { kind, status = '' }: RecipientReport,
): string {
  const messageId = headers.get('message-id')?.[0]?.trim() ?? '';
  if (messageId === '') return `${rawHash(raw)}#0`;
  return rawHash(Buffer.from(JSON.stringify([messageId, addressHash, deliveryId ?? 0, kind, status])));
}
