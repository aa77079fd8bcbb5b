import { isIP } from 'node:net';
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection';
import type { SmtpConfig } from '../config/config.ts';
import { asError } from '../errors.ts';
import { classifyReply, parseReply, withoutReply, type SmtpStage } from './reply.ts';
import type { SubmissionAnswer } from './transport.ts';

/** How long we wait for the server. RFC 5321 section 4.5.3.2 allows it 5 minutes a command and 10 for the final reply. */
export interface SmtpTimeouts {
  readonly connectMs: number;
  /** From MAIL FROM to the last bytes of the message. */
  readonly transactionMs: number;
  /** From the final dot to its reply. */
  readonly finalReplyMs: number;
}

/** An SMTP connection that greeted us and took our login. */
export type SmtpSession = SMTPConnection;

/**
 * Connects, encrypts and logs in; throws what `answerOf` reads. Elsewhere than on this machine the
 * certificate must be good, and a login goes out encrypted or not at all; here nobody can listen in
 * between, so any certificate does and TLS is used where it is offered.
 */
export async function openSession(
  config: SmtpConfig,
  timeouts: SmtpTimeouts,
  signal: AbortSignal,
): Promise<SmtpSession> {
  const isLocal = isLoopback(config.host);
  const session = new SMTPConnection({
    host: config.host,
    port: config.port,
    secure: config.secure,
    requireTLS: config.login !== undefined && !isLocal,
    tls: { rejectUnauthorized: !isLocal },
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.connectMs,
    socketTimeout: timeouts.finalReplyMs,
    logger: false,
  });
  session.on('error', () => {}); // every step has its own listener; an idle connection needs this one
  try {
    await step<undefined>(session, signal, (done) =>
      session.connect((error) => done(error ?? null, undefined)),
    );
    const { login } = config;
    if (login) {
      const auth = { credentials: { user: login.user, pass: login.password } };
      await step<unknown>(session, signal, (done) => session.login(auth, done));
    }
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** One exchange with the server. Rejects when the server refuses, the connection ends or the signal aborts. */
export function step<T>(
  session: SmtpSession,
  signal: AbortSignal,
  start: (done: (error: Error | null, value: T) => void) => void,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  // An 'end' comes before the error that tells why, in the same turn.
  const ended = (): unknown => setImmediate(() => reject(new Error('the server closed the connection')));
  const aborted = (): void => {
    reject(asError(signal.reason));
    session.close();
  };
  session.once('error', reject);
  session.once('end', ended);
  signal.addEventListener('abort', aborted, { once: true });
  if (signal.aborted) aborted();
  else start((error, value) => (error ? reject(error) : resolve(value)));
  return promise.finally(() => {
    session.off('error', reject);
    session.off('end', ended);
    signal.removeEventListener('abort', aborted);
  });
}

/** What a failed exchange means. `stage` says how far we had come, where the error itself does not. */
export function answerOf(error: SMTPError, stage: SmtpStage, handedOver: boolean): SubmissionAnswer {
  const reply = error.responseCode === undefined ? undefined : parseReply(error.response ?? '');
  if (reply && reply.code >= 400) return classifyReply(stageOf(error) ?? stage, reply);
  if (!handedOver && isOurFault(error)) return { result: 'blocked', about: 'sender', reply: error.message };
  return withoutReply(handedOver, error.message);
}

function stageOf(error: SMTPError): SmtpStage | undefined {
  if (error.code === 'EAUTH') return 'auth';
  switch (error.command) {
    case 'MAIL FROM':
      return 'mail';
    case 'RCPT TO':
      return 'rcpt';
    case 'DATA':
      return error.code === 'EMESSAGE' ? 'content' : 'data';
    case 'EHLO':
    case 'HELO':
    case 'STARTTLS':
      return 'connect';
    default:
      return undefined;
  }
}

/** A login that cannot be sent, or a certificate that does not hold: the operator must look. */
function isOurFault(error: SMTPError): boolean {
  return (
    error.code === 'EAUTH' ||
    error.code === 'ETLS' ||
    /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(error.originalCode ?? '')
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
