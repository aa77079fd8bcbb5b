import type { SMTPError } from 'nodemailer/lib/smtp-connection';
import type { SmtpConfig } from '../config/config.ts';
import { asError } from '../errors.ts';
import { onAbort } from './on-abort.ts';
import { classifyReply, parseReply, withoutReply, type SmtpStage } from './reply.ts';
import { encryption, logIn } from './smtp-security.ts';
import type { SubmissionAnswer } from './transport.ts';
import { WireConnection } from './wire-connection.ts';

/** How long we wait for the server. RFC 5321 section 4.5.3.2 allows it 5 minutes a command and 10 for the final reply. */
export interface SmtpTimeouts {
  readonly connectMs: number;
  /** From MAIL FROM to the last bytes of the message. */
  readonly transactionMs: number;
  /** From the final dot to its reply. */
  readonly finalReplyMs: number;
}

/** An SMTP connection that greeted us and took our login. */
export type SmtpSession = WireConnection;

/** Connects, encrypts and logs in as `smtp-security.ts` has it; throws what `answerOf` reads. */
export async function openSession(
  config: SmtpConfig,
  timeouts: SmtpTimeouts,
  signal: AbortSignal,
): Promise<SmtpSession> {
  const session = new WireConnection({
    host: config.host,
    port: config.port,
    ...encryption(config),
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
      await logIn(
        login,
        (auth) => step<unknown>(session, signal, (done) => session.login(auth, done)),
        signal,
      );
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
  const forget = onAbort(signal, aborted);
  if (signal.aborted) aborted();
  else start((error, value) => (error ? reject(error) : resolve(value)));
  return promise.finally(() => {
    session.off('error', reject);
    session.off('end', ended);
    forget();
  });
}

/** Ends the session; the step that is under way fails for this reason. */
export function hangUp(session: SmtpSession, reason: Error): void {
  session.emit('error', reason);
  session.close();
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
