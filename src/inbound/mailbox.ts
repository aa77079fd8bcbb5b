import { setTimeout as pause } from 'node:timers/promises';
import type { FetchMessageObject, ImapFlow } from 'imapflow';
import type { MailboxConfig } from '../config/inbound-config.ts';
import { hourMs, type Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import { keepInboundMessage } from '../store/inbound-messages.ts';
import { MailboxError, withMailbox } from './mailbox-connection.ts';

export interface MailboxParts {
  readonly db: Database;
  readonly config: MailboxConfig;
  readonly now: () => Instant;
  readonly log: Logger;
  /** Told when a message was stored that was not known. */
  readonly onStored: () => void;
}

export interface MailboxCounts {
  /** Messages that were read. */
  readonly read: number;
  /** Of them those whose bytes were not stored before. */
  readonly new: number;
  /** Of them those of which only the first `maxBytes` were stored. */
  readonly cut: number;
  /** Left for the next time. */
  readonly left: number;
}

/** Fetched, stored and marked together: what a crash leaves to be read again. */
const batchSize = 50;
const mostAtOnce = 10_000;
const longestWaitMs = hourMs;

/**
 * Stores what waits in the mailbox, the oldest first, byte for byte, and only then marks it: moved to `moveTo`, or \Seen
 * where there is none; nothing is ever deleted. What waits is all that is in the mailbox, or without `moveTo` all that
 * is not \Seen. After a crash between the two a message is read again and its bytes are known. One message is in memory
 * at a time. Rejects with a MailboxError, with what the store threw, or with the reason of the signal; what was stored
 * before stays stored.
 */
export async function pollMailbox(parts: MailboxParts, signal: AbortSignal): Promise<MailboxCounts> {
  const { config } = parts;
  const counts = { read: 0, new: 0, cut: 0, left: 0 };
  const failure = await withMailbox(config, signal, async (client) => {
    refuseUnmarkable(client, config);
    const query = config.moveTo === undefined ? { seen: false } : { all: true };
    const found = (await client.search(query, { uid: true })) || [];
    if (found.length > 0 && config.moveTo !== undefined) await client.mailboxCreate(config.moveTo);
    const uids = found.toSorted((one, other) => one - other).slice(0, mostAtOnce);
    counts.left = found.length - uids.length;
    for (let at = 0; at < uids.length; at += batchSize) {
      const failed = await takeBatch(parts, client, uids.slice(at, at + batchSize), counts);
      if (failed) return failed;
    }
    return undefined;
  });
  if (failure) throw failure;
  return counts;
}

type Counting = { -readonly [Key in keyof MailboxCounts]: MailboxCounts[Key] };

/** Stores and marks a batch; what the store threw comes back when all before it is marked. */
async function takeBatch(
  parts: MailboxParts,
  client: ImapFlow,
  uids: readonly number[],
  counts: Counting,
): Promise<Error | undefined> {
  const { maxBytes } = parts.config;
  const wanted = { uid: true, size: true, internalDate: true, source: { start: 0, maxLength: maxBytes } };
  const kept: number[] = [];
  let failure: Error | undefined;
  // The library waits with the next answer until this one is done with; BODY.PEEK sets no flag.
  for await (const message of client.fetch(uids.join(','), wanted, { uid: true })) {
    const raw = message.source;
    if (!raw) continue;
    try {
      const isNew = await keep(parts, message, raw);
      if (isNew) {
        counts.new += 1;
        parts.onStored();
      }
    } catch (thrown) {
      failure = asError(thrown);
      break;
    }
    kept.push(message.uid);
    counts.read += 1;
    if ((message.size ?? 0) > maxBytes) {
      counts.cut += 1;
      const { uid, size } = message;
      parts.log.warn(
        { uid, size },
        `a mail in the mailbox is too big; its first ${maxBytes} bytes were kept`,
      );
    }
  }
  if (kept.length > 0) await mark(parts.config, client, kept);
  return failure;
}

/** The time at which the server got it, so that a mailbox read late counts each bounce for its own day. */
function keep(
  { db, now }: MailboxParts,
  { internalDate }: FetchMessageObject,
  raw: Buffer,
): Promise<boolean> {
  const arrivedAt = internalDate === undefined ? Number.NaN : new Date(internalDate).getTime();
  const receivedAt = Number.isNaN(arrivedAt) ? now() : Math.min(arrivedAt, now());
  return keepInboundMessage(db, { via: 'imap', receivedAt, envelopeTo: [], raw });
}

/** What cannot be marked would be read again and again: better not to begin. */
function refuseUnmarkable({ mailbox, capabilities }: ImapFlow, config: MailboxConfig): void {
  const where = `the mailbox ${config.mailbox} at ${config.host}:${config.port}`;
  const flags = mailbox ? mailbox.permanentFlags : undefined;
  if (mailbox && mailbox.readOnly === true) {
    throw new MailboxError(
      'mailbox',
      `expected to write into ${where}, got read-only; let ${config.user} write there`,
    );
  }
  if (config.moveTo === undefined) {
    if (flags === undefined || flags.has('\\Seen')) return;
    throw new MailboxError(
      'mailbox',
      `expected ${where} to keep the flag \\Seen, got none; name a folder in inbound.imap.moveTo`,
    );
  }
  // Without them a move is a copy and an EXPUNGE of whatever anybody else has flagged (RFC 6851, RFC 4315).
  if (capabilities.has('MOVE') || capabilities.has('UIDPLUS')) return;
  throw new MailboxError(
    'mailbox',
    `expected ${where} to know MOVE or UIDPLUS, got neither; remove inbound.imap.moveTo, so that mails are marked as seen`,
  );
}

async function mark(config: MailboxConfig, client: ImapFlow, uids: readonly number[]): Promise<void> {
  const range = uids.join(',');
  const { moveTo } = config;
  const done =
    moveTo === undefined
      ? await client.messageFlagsAdd(range, ['\\Seen'], { uid: true, silent: true })
      : await client.messageMove(range, moveTo, { uid: true });
  if (done) return;
  const wanted = moveTo === undefined ? 'mark mails as seen' : `move mails to ${moveTo}`;
  throw new MailboxError(
    'refused',
    `expected ${config.host}:${config.port} to ${wanted}, got a refusal; they are kept here, and read again the next time`,
  );
}

/**
 * Reads the mailbox at once and then every `everyMs`, until the signal is aborted. A failure is logged and tried again,
 * each time after twice the wait up to an hour, so that a wrong password does not lock the account.
 */
export async function keepPolling(parts: MailboxParts, signal: AbortSignal): Promise<void> {
  const { config, log } = parts;
  let waitMs = config.everyMs;
  while (!signal.aborted) {
    try {
      const counts = await pollMailbox(parts, signal);
      if (counts.read > 0) log.info(counts, 'the mailbox was read');
      waitMs = config.everyMs;
    } catch (thrown) {
      if (signal.aborted) return;
      waitMs = Math.max(config.everyMs, Math.min(waitMs * 2, longestWaitMs));
      log.error({ err: asError(thrown), waitMs }, 'the mailbox could not be read');
    }
    // Rejects when the signal is aborted, which ends the loop.
    await pause(waitMs, undefined, { signal, ref: true }).catch(() => {});
  }
}
