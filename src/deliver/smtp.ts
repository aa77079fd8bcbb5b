import type { SMTPError } from 'nodemailer/lib/smtp-connection';
import type { SmtpConfig } from '../config/config.ts';
import { minuteMs, secondMs } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { classifyReply, parseReply, type SmtpStage } from './reply.ts';
import { answerOf, hangUp, openSession, step, type SmtpSession, type SmtpTimeouts } from './smtp-session.ts';
import type { OutgoingMessage, SubmissionAnswer, Transport } from './transport.ts';
import { asBuffer, wireReady } from './wire-connection.ts';

const patient: SmtpTimeouts = {
  connectMs: 30 * secondMs,
  transactionMs: 5 * minuteMs,
  finalReplyMs: 10 * minuteMs,
};

/** Many servers end a session after 100 messages or half a minute of silence. */
const messagesPerSession = 100;
const idleMs = 15 * secondMs;
const quitMs = 5 * secondMs;

interface Open {
  readonly session: SmtpSession;
  messages: number;
}

/**
 * Submits over SMTP (RFC 5321), keeping sessions for the next message. As many are open as submissions
 * run at once; the caller bounds that.
 *
 * The message is written after the server's 354, and its final dot is held back until `beforeHandover` has
 * answered: so the dot goes out after the marker, and what happens before it is known to be safe to try again.
 */
export function createSmtp(config: SmtpConfig, timeouts: SmtpTimeouts = patient): Transport {
  const idle = new Map<Open, NodeJS.Timeout>();

  function takeIdle(): Open | undefined {
    for (const [open, timer] of idle) {
      clearTimeout(timer);
      idle.delete(open);
      if (!open.session.destroyed) return open;
    }
    return undefined;
  }

  function keepIdle(open: Open): void {
    if (open.session.destroyed) return;
    if (open.messages >= messagesPerSession) return leave(open.session);
    const timer = setTimeout(() => {
      idle.delete(open);
      leave(open.session);
    }, idleMs);
    idle.set(open, timer.unref());
  }

  async function submit(
    message: OutgoingMessage,
    beforeHandover: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<SubmissionAnswer> {
    const used = takeIdle();
    if (used) {
      const { answer, isStale } = await transact(used, message, beforeHandover, signal);
      if (!isStale) return answer;
    }
    let session;
    try {
      session = await openSession(config, timeouts, signal);
    } catch (error) {
      return answerOf(asError(error), 'connect', false);
    }
    return (await transact({ session, messages: 0 }, message, beforeHandover, signal)).answer;
  }

  /** One mail transaction. `isStale` when the server had left this session before we began. */
  async function transact(
    open: Open,
    message: OutgoingMessage,
    beforeHandover: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<{ readonly answer: SubmissionAnswer; readonly isStale: boolean }> {
    const { session } = open;
    let stage: SmtpStage = 'mail';
    let handedOver = false;
    const timer = setTimeout(
      () => hangUp(session, new Error('the server took too long')),
      timeouts.transactionMs,
    );
    session.beforeDot = async () => {
      stage = 'content';
      if (!(await beforeHandover())) throw new Error('withdrawn before it was handed over');
      clearTimeout(timer);
      handedOver = true;
    };
    const raw = message.isWireReady ? asBuffer(message.raw) : wireReady(message.raw);
    try {
      const sent = await step<{ readonly response?: string | undefined }>(session, signal, (done) =>
        session.send(envelopeOf(message), raw, done),
      );
      open.messages += 1;
      if (handedOver) {
        message.release?.(); // who has answered the final dot has read what stands before it
        keepIdle(open);
      } else session.close(); // it answered before the end: no server to go on with
      return {
        answer: classifyReply('content', parseReply(sent.response ?? '') ?? { code: 250, text: '' }),
        isStale: false,
      };
    } catch (thrown) {
      const error: SMTPError = asError(thrown);
      const failure = error.command === 'CONN' && error.response ? (session.recipientError ?? error) : error;
      const answer = answerOf(failure, stage, handedOver);
      const isStale =
        stage === 'mail' && open.messages > 0 && answer.result === 'deferred' && !signal.aborted;
      const refused = 'code' in answer && answer.code !== undefined;
      if (refused && stage === 'mail') await reset(open, signal);
      else if (refused && handedOver) await reset(open, signal);
      else session.close();
      return { answer, isStale: isStale && !refused };
    } finally {
      clearTimeout(timer);
    }
  }

  /** After a refusal the session is good for the next message (RSET, RFC 5321 section 4.1.1.5), or it is closed. */
  async function reset(open: Open, signal: AbortSignal): Promise<void> {
    try {
      const limit = AbortSignal.timeout(timeouts.connectMs);
      await step<unknown>(open.session, AbortSignal.any([signal, limit]), (done) => open.session.reset(done));
      open.messages += 1;
      keepIdle(open);
    } catch {
      open.session.close();
    }
  }

  return {
    name: 'smtp',
    submit,
    async close() {
      for (const [open, timer] of idle) {
        clearTimeout(timer);
        leave(open.session);
      }
      idle.clear();
    },
  };
}

/** A report of failure is asked for where the server can (RFC 3461), with the headers alone and our name for the mail. */
function envelopeOf({ from, to, envelopeId }: OutgoingMessage) {
  if (envelopeId === undefined) return { from, to: [to] };
  return { from, to: [to], dsn: { ret: 'HDRS', notify: 'FAILURE', envid: envelopeId } };
}

/** Says QUIT, and hangs up when the server does not answer that. */
function leave(session: SmtpSession): void {
  session.quit();
  setTimeout(() => session.close(), quitMs).unref();
}
