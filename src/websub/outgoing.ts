import { Agent, request } from 'undici';
import { SourceError, asError } from '../errors.ts';
import { readLimited } from '../sources/http-body.ts';
import { bareHost, isPrivateAddress } from '../sources/public-address.ts';
import { lookupFor } from './stranger-names.ts';

export interface OutgoingOptions {
  readonly userAgent: string;
  /** Hosts that may have private addresses. */
  readonly allowedHosts: readonly string[];
  /** For one exchange, from connecting to the last byte; 10 seconds when not given. */
  readonly timeoutMs?: number;
  /** Asked for the names of strangers, as `address:port`; those of the system when not given. */
  readonly nameServers?: readonly string[];
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Whether the answer's body is wanted; one longer than 4 kB is thrown away, as all are that nobody wants. */
  readonly wantsBody?: boolean;
  readonly signal: AbortSignal;
}

/** What another server said. Its redirects are answers, never followed. */
export type OutgoingAnswer =
  | { readonly state: 'answered'; readonly status: number; readonly body: string }
  /** It did not answer in time, or could not be reached. */
  | { readonly state: 'unanswered'; readonly reason: string }
  /** Its address is private and its host not allowed: it was not asked. */
  | { readonly state: 'private'; readonly reason: string }
  /** Our own stop. */
  | { readonly state: 'stopped' };

/** HTTP to servers whose addresses strangers gave us. */
export interface Outgoing extends AsyncDisposable {
  /** One exchange; never throws. */
  send(url: string, request: OutgoingRequest): Promise<OutgoingAnswer>;
}

const defaultTimeoutMs = 10_000;
const maxAnswerBytes = 4096;

/**
 * A client that reaches public addresses only: each name is resolved once, for the connection, and the address
 * checked then, see `lookupFor`. Lives until it is disposed of.
 */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const allowedHosts = new Set(options.allowedHosts.map(bareHost));
  const agent = new Agent({
    allowH2: false,
    connect: { lookup: lookupFor(allowedHosts, options.nameServers) },
  });
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;

  async function exchange(
    url: string,
    { method, headers, body, wantsBody, signal }: OutgoingRequest,
  ): Promise<OutgoingAnswer> {
    const response = await request(url, {
      dispatcher: agent,
      method,
      headers: { ...headers, 'user-agent': options.userAgent, 'accept-encoding': 'identity' },
      body: body ?? null,
      signal,
    });
    if (wantsBody) {
      const bytes = await readLimited(response.body, maxAnswerBytes, url).catch(notTooLong);
      return { state: 'answered', status: response.statusCode, body: new TextDecoder().decode(bytes) };
    }
    // Whatever becomes of the rest: the status has been said.
    await response.body.dump({ limit: maxAnswerBytes, signal }).catch(() => undefined);
    return { state: 'answered', status: response.statusCode, body: '' };
  }

  return {
    async send(url, asked) {
      const host = bareHost(new URL(url).hostname);
      if (isPrivateAddress(host) && !allowedHosts.has(host)) {
        return { state: 'private', reason: `${host} is a private address` };
      }
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        return await exchange(url, { ...asked, signal: AbortSignal.any([asked.signal, timeout]) });
      } catch (thrown) {
        if (asked.signal.aborted) return { state: 'stopped' };
        const error = asError(thrown);
        if (error instanceof SourceError && error.code === 'private-address') {
          return { state: 'private', reason: error.message };
        }
        const reason = timeout.aborted ? `no whole answer within ${timeoutMs} ms` : error.message;
        return { state: 'unanswered', reason: reason || error.name };
      }
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy();
    },
  };
}

/** A body that is longer than anything we ask for is none. */
function notTooLong(thrown: unknown): Uint8Array {
  if (thrown instanceof SourceError && thrown.code === 'too-large') return new Uint8Array();
  throw thrown;
}
