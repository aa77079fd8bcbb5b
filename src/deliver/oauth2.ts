import { request } from 'undici';
import { z } from 'zod';
import type { OAuth2Login } from '../config/mail-config.ts';
import { secondMs } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { readLimited } from '../sources/http-body.ts';

/** Access tokens of one login. */
export interface AccessTokens {
  /**
   * A token that is good for a little longer; with `anew` one that was fetched after the call. Calls at the same time share
   * one fetch. Rejects with a `TokenError`.
   */
  get(anew: boolean): Promise<string>;
}

/** No token could be had. `isRefused` when the endpoint said no, so that the operator must look; else it may go better later. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  /** As nodemailer calls a login that failed. */
  readonly code: 'EAUTH' | undefined;

  constructor(message: string, isRefused: boolean, options?: ErrorOptions) {
    super(message, options);
    this.code = isRefused ? 'EAUTH' : undefined;
  }
}

const timeoutMs = 15 * secondMs;
const maxBytes = 64_000;
/** A token that ends so soon is not used: the login takes its time. */
const spareMs = 60 * secondMs;
/** RFC 6749 section 5.1 only recommends that the endpoint says how long a token is good. */
const usualSeconds = 3600;

const granted = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.coerce.number().positive().optional(),
});
/** RFC 6749 section 5.2. */
const refused = z.object({ error: z.string(), error_description: z.string().optional() });

const known = new WeakMap<OAuth2Login['oauth2'], AccessTokens>();

/** The tokens of a configured login; all its connections share them. */
export function accessTokensOf({ oauth2 }: OAuth2Login): AccessTokens {
  const tokens = known.get(oauth2) ?? createAccessTokens(oauth2, () => performance.now());
  known.set(oauth2, tokens);
  return tokens;
}

/**
 * Access tokens by a refresh token (RFC 6749 section 6), kept until shortly before their end; `clock` counts milliseconds
 * from anywhere.
 */
export function createAccessTokens(oauth2: OAuth2Login['oauth2'], clock: () => number): AccessTokens {
  let kept: { readonly token: string; readonly goodUntil: number } | undefined;
  let underWay: Promise<string> | undefined;

  async function fetched(): Promise<string> {
    const { token, seconds } = await fetchToken(oauth2);
    kept = { token, goodUntil: clock() + seconds * secondMs - spareMs };
    return token;
  }

  return {
    get(anew) {
      if (!anew && kept && clock() < kept.goodUntil) return Promise.resolve(kept.token);
      underWay ??= fetched().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}

async function fetchToken({
  tokenUrl,
  clientId,
  clientSecret,
  refreshToken,
  scope,
}: OAuth2Login['oauth2']): Promise<{ readonly token: string; readonly seconds: number }> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
    ...(scope !== undefined && { scope }),
  });
  const host = new URL(tokenUrl).host;
  let status;
  let body;
  try {
    const answer = await request(tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = answer.statusCode;
    body = new TextDecoder().decode(await readLimited(answer.body, maxBytes, tokenUrl));
  } catch (error) {
    throw new TokenError(
      `expected an access token of ${host}, got no answer: ${asError(error).message}`,
      false,
      {
        cause: error,
      },
    );
  }
  const json = jsonOf(body);
  const token = granted.safeParse(json).data;
  if (status === 200 && token)
    return { token: token.access_token, seconds: token.expires_in ?? usualSeconds };
  const no = refused.safeParse(json).data;
  const words = no
    ? [no.error, no.error_description].filter((part) => part !== undefined).join(': ')
    : `status ${status} without one`;
  const isOurs = no !== undefined && status >= 400 && status < 500 && status !== 429;
  const what = isOurs ? '; look at clientId, its secret and the refresh token' : '';
  throw new TokenError(`expected an access token of ${host}, got ${words.slice(0, 300)}${what}`, isOurs);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
