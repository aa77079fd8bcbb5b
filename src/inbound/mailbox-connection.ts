import { readFile } from 'node:fs/promises';
import type { ImapFlow, ImapFlowError } from 'imapflow';
import type { MailboxConfig } from '../config/inbound-config.ts';
import { secondMs } from '../domain/time.ts';
import { asError } from '../errors.ts';

export type MailboxErrorCode =
  | 'unreachable' // no answer, or the connection was lost
  | 'tls' // no encryption, or a certificate that is not good
  | 'login'
  | 'mailbox' // it is not there, or we may not mark its messages
  | 'refused'; // a command was not done

/** A mailbox could not be read to its end. What was kept before is kept; the rest waits on the server. */
export class MailboxError extends Error {
  override readonly name = 'MailboxError';
  readonly code: MailboxErrorCode;

  constructor(code: MailboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const connectMs = 30 * secondMs;
const silentMs = 60 * secondMs;
/** What an answer has beside the message in it. A search answers in one line, ten characters a message. */
const maxLineBytes = 20_000_000;

/**
 * Logs in (RFC 9051; TLS from the first byte or by STARTTLS, RFC 8314) and selects the mailbox, does `work` and logs
 * out. Rejects with a MailboxError; when the signal is aborted the connection is cut, and it rejects with the reason.
 */
export async function withMailbox<T>(
  config: MailboxConfig,
  signal: AbortSignal,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { ImapFlow } = await import('imapflow');
  const client = new ImapFlow(await clientOptions(config));
  // Whatever it tells, the command under way rejects with; unheard it would end the process.
  client.on('error', () => {});
  const cut = (): void => client.close();
  signal.addEventListener('abort', cut, { once: true });
  try {
    await client.connect();
    await client.mailboxOpen(config.mailbox);
    const done = await work(client);
    await client.logout();
    return done;
  } catch (thrown) {
    signal.throwIfAborted();
    throw explained(config, asError(thrown));
  } finally {
    signal.removeEventListener('abort', cut);
    client.close();
  }
}

async function clientOptions(config: MailboxConfig) {
  const { host, port, user, tls, maxBytes } = config;
  const secret =
    'password' in config.secret
      ? { pass: config.secret.password }
      : { accessToken: await accessToken(config.secret) };
  return {
    host,
    port,
    secure: tls === 'implicit',
    ...(tls === 'required' && { doSTARTTLS: true }),
    tls: { rejectUnauthorized: !config.isLocal, minVersion: 'TLSv1.2' as const },
    auth: { user, ...secret },
    logger: false as const,
    disableAutoIdle: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silentMs,
    maxLiteralSize: maxBytes + 1,
    maxLineLength: maxLineBytes,
    maxResponseSize: maxBytes + maxLineBytes,
  };
}

/** Access tokens end within hours (RFC 6749 section 5.1): whoever renews it writes it into the file, read each time. */
async function accessToken(
  given: { readonly token: string } | { readonly tokenFile: string },
): Promise<string> {
  if ('token' in given) return given.token;
  const path = given.tokenFile;
  try {
    const [token = ''] = (await readFile(path, 'utf8')).split(/\r?\n/);
    if (token !== '') return token;
  } catch (cause) {
    const got = asError(cause).message;
    throw new MailboxError('login', `expected an access token in ${path}, got: ${got}; write it there`, {
      cause,
    });
  }
  throw new MailboxError('login', `expected an access token in ${path}, got nothing; write it there`);
}

function explained({ host, port, user, mailbox, tls }: MailboxConfig, error: ImapFlowError): MailboxError {
  if (error instanceof MailboxError) return error;
  const where = `${host}:${port}`;
  const said = error.responseText ?? error.message;
  const named = (code: MailboxErrorCode, message: string) =>
    new MailboxError(code, message, { cause: error });
  if (error.authenticationFailed === true) {
    return named(
      'login',
      `expected ${where} to let ${user} in, got: ${said}; check inbound.imap.user and the password or token it names`,
    );
  }
  if (isAboutTls(error)) {
    const way = tls === 'implicit' ? 'TLS from the first byte' : 'STARTTLS';
    return named(
      'tls',
      `expected ${where} to speak ${way} with a certificate that is good, got: ${said}; check host, port and tls of inbound.imap`,
    );
  }
  if (error.mailboxMissing === true || error.command === 'SELECT') {
    return named(
      'mailbox',
      `expected the mailbox ${mailbox} at ${where}, got: ${said}; check inbound.imap.mailbox`,
    );
  }
  if (error.responseStatus !== undefined) {
    return named('refused', `expected ${where} to do ${error.command ?? 'what it was asked'}, got: ${said}`);
  }
  return named(
    'unreachable',
    `expected ${where} to answer, got: ${said}; what is there waits for the next time`,
  );
}

/** The library marks only some of them; the others carry the codes of Node. */
function isAboutTls({ tlsFailed, code = '', message }: ImapFlowError): boolean {
  return (
    tlsFailed === true || /^ERR_(?:TLS|SSL)|CERT|SELF_SIGNED|EPROTO/.test(code) || /STARTTLS/i.test(message)
  );
}
