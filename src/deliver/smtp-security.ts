import { isIP } from 'node:net';
import { callbackify } from 'node:util';
import type { SMTPConnectionAuth } from 'nodemailer/lib/smtp-connection';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import type { SmtpConfig } from '../config/mail-config.ts';
import { asError } from '../errors.ts';
import { accessTokensOf } from './oauth2.ts';

/**
 * How a connection is encrypted. A login goes out encrypted or not at all, and elsewhere than on this machine to a server
 * with a good certificate. Here nobody can listen in between, so any certificate does unless `required` is written.
 * Older than TLS 1.2 is not spoken (RFC 8996).
 */
export function encryption({
  host,
  secure,
  starttls,
  login,
}: Pick<SmtpConfig, 'host' | 'secure' | 'starttls' | 'login'>) {
  const isLocal = isLoopback(host);
  const mode = starttls ?? (login !== undefined && !isLocal ? 'required' : 'opportunistic');
  const isChecked = secure ? !isLocal : mode === 'required';
  return {
    secure,
    requireTLS: !secure && mode === 'required',
    ignoreTLS: !secure && mode === 'none',
    tls: { rejectUnauthorized: isChecked, minVersion: 'TLSv1.2' as const },
  };
}

/**
 * Logs in by `attempt`. A server that refuses an access token is offered a new one, once. Rejects as `attempt` does, or
 * with a `TokenError` when there is no token to offer.
 */
export async function logIn(
  login: NonNullable<SmtpConfig['login']>,
  attempt: (auth: SMTPConnectionAuth) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  if ('password' in login) {
    await attempt({ credentials: { user: login.user, pass: login.password } });
    return;
  }
  const tokens = accessTokensOf(login);
  await orAborted(tokens.get(false), signal);
  let isRenewed = false;
  const oauth2 = new XOAuth2({
    user: login.user,
    provisionCallback: callbackify((_user: string, renew: boolean) => {
      isRenewed ||= renew;
      return tokens.get(renew);
    }),
  });
  const auth = { type: 'OAUTH2', method: 'XOAUTH2', user: login.user, oauth2 };
  try {
    await attempt(auth);
  } catch (error) {
    // The library renews a token that was refused by a challenge; some servers refuse at once.
    const isRefused = Reflect.get(asError(error), 'responseCode') === 535;
    if (!isRefused || isRenewed) throw error;
    await orAborted(renewed(oauth2), signal);
    await attempt(auth);
  }
}

/** Others may wait for the same: only our own waiting ends. */
function orAborted<T>(waiting: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(asError(signal.reason));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  waiting.then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

function renewed(oauth2: XOAuth2): Promise<void> {
  return new Promise((resolve, reject) => {
    oauth2.getToken(true, (error) => (error ? reject(error) : resolve()));
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
