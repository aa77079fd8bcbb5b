import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import type { Instant } from '../domain/time.ts';
import { asError, UsageError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import { keepInboundMessage } from '../store/inbound-messages.ts';
import { takesMailFor, type InboundAddresses } from './addressee.ts';

export interface ReceiverParts {
  readonly db: Database;
  readonly addresses: InboundAddresses;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Of one message. */
  readonly maxBytes: number;
  readonly now: () => Instant;
  readonly log: Logger;
  /** Told when a message was stored. */
  readonly onStored: () => void;
}

export interface Receiver extends AsyncDisposable {
  readonly port: number;
}

const maxClients = 20;
const idleMs = 60_000;
const closeMs = 1_000;
const maxRecipients = 20;

/**
 * Receives mail by SMTP (RFC 5321) for our own addresses and no others: it never relays. A message is on the disk before
 * it is answered with 250; one that cannot be stored is answered 451, so that its server keeps it. The same bytes again
 * are answered 250 and stored once. Rejects with a UsageError when the port cannot be had.
 */
export async function openReceiver(parts: ReceiverParts): Promise<Receiver> {
  const { db, addresses, log } = parts;
  const { SMTPServer } = await import('smtp-server');
  const server = new SMTPServer({
    banner: 'Broadsheet takes what comes back',
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    size: parts.maxBytes,
    maxClients,
    socketTimeout: idleMs,
    closeTimeout: closeMs,
    logger: false,
    onRcptTo: ({ address }, session, done) => {
      if (!takesMailFor(address, addresses)) return done(refusal(550, '5.1.1 No such address here'));
      return done(
        session.envelope.rcptTo.length < maxRecipients ? null : refusal(452, '4.5.3 Too many recipients'),
      );
    },
    onData: (stream, session, done) => {
      const envelopeTo = session.envelope.rcptTo.map(({ address }) => address);
      callbackify(take)(stream, envelopeTo, (failure, refused) => {
        done(failure ?? refused, '2.0.0 Kept');
        if (!failure && !refused) parts.onStored();
      });
    },
  });

  /** The refusal, or nothing once the message is stored. */
  async function take(stream: Readable, envelopeTo: readonly string[]): Promise<Error | undefined> {
    const raw = await received(stream, parts.maxBytes);
    if (!raw) return refusal(552, '5.3.4 Message too big');
    try {
      await keepInboundMessage(db, { via: 'smtp', receivedAt: parts.now(), envelopeTo, raw });
      return undefined;
    } catch (thrown) {
      log.error({ err: asError(thrown) }, 'a message that came in could not be stored');
      return refusal(451, '4.3.0 Not stored, try again later');
    }
  }

  // Clients that break off are everyday life here.
  server.on('error', (error) => log.debug({ err: error }, 'an SMTP client broke off'));
  const listener = server.listen(parts.port, parts.host);
  try {
    await once(listener, 'listening');
  } catch (error) {
    throw new UsageError(
      `expected to receive mail at ${parts.host}:${parts.port}, got: ${asError(error).message}; free the port or choose another`,
      { cause: error },
    );
  }
  const address = listener.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : parts.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The whole message, or undefined when it is too big; reads on to its end, so that the answer is heard. */
async function received(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size <= maxBytes) chunks.push(bytes);
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
