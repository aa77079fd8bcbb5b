import type { SmtpConfig } from '../../config/mail-config.ts';
import { minuteMs, secondMs } from '../../domain/time.ts';
import { asError } from '../../errors.ts';
import { fault, ok, warning, type CheckFinding } from './finding.ts';
import { answerOf, openSession, type SmtpTimeouts } from '../smtp-session.ts';

const impatient: SmtpTimeouts = {
  connectMs: 15 * secondMs,
  transactionMs: minuteMs,
  finalReplyMs: minuteMs,
};

/** Connects, encrypts and logs in as for sending, and says goodbye: nothing is sent. */
export async function checkSmtp(
  config: SmtpConfig,
  signal: AbortSignal,
  timeouts: SmtpTimeouts = impatient,
): Promise<CheckFinding> {
  const check = `server ${config.host}:${config.port}`;
  const expected = config.login ? 'a connection by TLS that takes the login' : 'a connection by TLS';
  try {
    const session = await openSession(config, timeouts, signal);
    const isSecure = session.secure;
    session.quit();
    session.close();
    const came = `${isSecure ? 'TLS' : 'no TLS'}${config.login ? `, login as ${config.login.user} taken` : ''}`;
    if (isSecure || /^(?:localhost|::1|127\.)/.test(config.host)) return ok(check, expected, came);
    return warning(check, expected, came, 'set tls: required once the server offers STARTTLS');
  } catch (error) {
    signal.throwIfAborted();
    const answer = answerOf(asError(error), 'connect', false);
    const advice =
      answer.result === 'blocked'
        ? 'look at host, port, tls and the login; nothing can be sent as it stands'
        : 'look at host and port, and whether a firewall lets you through';
    return fault(check, expected, answer.reply, advice);
  }
}
