import type { Agent } from 'undici';
import type { Validators } from '../domain/listing.ts';
import type { Instant } from '../domain/time.ts';
import { asError, SourceError } from '../errors.ts';
import { answerOf, type HttpAnswer, type Outcome } from './http-answer.ts';
import { conditions } from './http-headers.ts';
import { createPacer, pause, type Pace, type Pacer, type PaceKeeper } from './pace.ts';
import { bareHost, checkedUrl, publicLookup } from './public-address.ts';
import { createRobots, maxRobotsRedirects, noRobotsStatuses, type RobotsReader } from './robots.ts';

const maxRedirects = 3;
const maxRetries = 2;
/** A server that asks for a longer pause is not worth waiting for: the next scheduled read comes soon enough. */
const maxPauseMs = 30_000;

export interface HttpClientOptions {
  /** Product and version, e.g. `Broadsheet/1.0`. */
  readonly userAgent: string;
  /** Where the operator can be reached: a `mailto:` or web address. */
  readonly contact?: string;
  /** Host names and IP addresses (as in a URL) that may be private. */
  readonly allowedHosts: readonly string[];
  /** For one exchange, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** Of a body, after decoding. */
  readonly maxBytes: number;
  /** First pause before a retry, doubled each time; 500 when not given. */
  readonly retryDelayMs?: number;
  /** Turns shared with other processes; without it each process paces itself. */
  readonly paceKeeper?: PaceKeeper;
  /** Our clock on the wall: an answer from a time more than two days away from it is refused; without it none is. */
  readonly clock?: () => Instant;
  /** Told what an operator may want to know and no request fails for. */
  readonly onNotice?: (text: string) => void;
}

export interface HttpRequest {
  readonly accept: string;
  readonly signal: AbortSignal;
  /** Only `etag` and `lastModified` are used. */
  readonly validators?: Validators | undefined;
  readonly pace?: Pace | undefined;
  /** Statuses other than 2xx whose body the source wants to read. */
  readonly alsoAccept?: readonly number[];
  /** More headers, e.g. a key. They go to the host of `url` only, never to where it redirects. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * A question too long for an address: sent as JSON by POST. Only for questions that change nothing at the server,
   * for they are asked again like all others.
   */
  readonly json?: unknown;
  /** For what was not made for programs: robots.txt of each host, also behind redirects, is obeyed (RFC 9309). */
  readonly obeysRobots?: boolean;
}

export interface HttpClient extends AsyncDisposable {
  /**
   * The body of `url` by GET (by POST where the request has `json`), decoded, or `unchanged` (RFC 9110 section
   * 15.4.5). Follows 3 redirects; tries again twice after 429, 5xx or a lost connection. Rejects with a
   * `SourceError`, or with the signal's reason.
   */
  get(url: string, request: HttpRequest): Promise<HttpAnswer>;
}

/** With the first request: undici is 20 MB of memory. */
async function openAgent(options: Agent.Options) {
  const { Agent, request } = await import('undici');
  return { agent: new Agent(options), send: request };
}

/** A client over HTTP/1.1 that lives until it is disposed of. Addresses are checked when a connection is made. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const allowedHosts = new Set(options.allowedHosts.map(bareHost));
  let opened: ReturnType<typeof openAgent> | undefined;
  const agentOf = (): ReturnType<typeof openAgent> =>
    (opened ??= openAgent({ allowH2: false, connect: { lookup: publicLookup(allowedHosts) } }));
  const pacer = createPacer(options.paceKeeper);
  const userAgent = options.contact ? `${options.userAgent} (+${options.contact})` : options.userAgent;
  const firstPauseMs = options.retryDelayMs ?? 500;
  const [productToken = ''] = options.userAgent.split('/');
  const robots = createRobots(productToken, () => performance.now(), options.onNotice ?? (() => undefined));

  return {
    async get(url, request) {
      for (let attempt = 0; ; attempt += 1) {
        const outcome = await follow(url, request);
        if (outcome.state !== 'failed') return outcome;
        const pauseMs = outcome.pauseMs ?? firstPauseMs * 2 ** attempt * (0.5 + Math.random() / 2);
        if (attempt >= maxRetries || pauseMs > maxPauseMs) throw outcome.error;
        await pause(pauseMs, request.signal);
      }
    },
    async [Symbol.asyncDispose]() {
      await (await opened)?.agent.destroy();
    },
  };

  async function follow(
    url: string,
    request: HttpRequest,
    mostHops = maxRedirects,
  ): Promise<Exclude<Outcome, { readonly state: 'moved' }>> {
    let at = url;
    const { origin } = checkedUrl(url, allowedHosts);
    for (let hops = 0; hops <= mostHops; hops += 1) {
      const address = checkedUrl(at, allowedHosts);
      const asked = address.origin === origin ? request : { ...request, headers: {} };
      const delay = request.obeysRobots ? await robots.admit(address, robotsReader(request)) : undefined;
      // The host's own delay is a lane of its own: turns of one group must all have one interval.
      const outcome = await paced(pacer, delay, request.signal, () =>
        paced(pacer, request.pace, request.signal, () => exchange(address, asked)),
      );
      if (outcome.state !== 'moved') return outcome;
      at = outcome.to;
    }
    throw new SourceError(
      'status',
      `Expected an answer from ${url}; got more than ${mostHops} redirects, the last to ${at}. Check the address of the source.`,
    );
  }

  function robotsReader({ signal, pace }: HttpRequest): RobotsReader {
    return async (url) => {
      const request = { accept: 'text/plain', signal, pace, alsoAccept: noRobotsStatuses };
      const answer = await follow(url, request, maxRobotsRedirects);
      if (answer.state === 'ok') return answer;
      throw answer.state === 'failed'
        ? answer.error
        : new Error(`${url} is unchanged without having been asked`);
    };
  }

  async function exchange(url: URL, request: HttpRequest): Promise<Outcome> {
    const timeout = AbortSignal.timeout(options.timeoutMs);
    try {
      const { agent, send } = await agentOf();
      const response = await send(url, {
        dispatcher: agent,
        signal: AbortSignal.any([request.signal, timeout]),
        headers: {
          ...request.headers,
          'user-agent': userAgent,
          accept: request.accept,
          'accept-encoding': 'gzip, br',
          ...conditions(request.validators),
          ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.json === undefined ? {} : { method: 'POST', body: JSON.stringify(request.json) }),
      });
      return await answerOf(response, url, request, options);
    } catch (thrown) {
      request.signal.throwIfAborted();
      if (thrown instanceof SourceError) throw thrown;
      if (timeout.aborted) {
        throw new SourceError(
          'timeout',
          `Expected a whole answer from ${url.href} within ${options.timeoutMs} ms; it took longer. Try again later, or allow more time.`,
          { cause: thrown },
        );
      }
      const error = asError(thrown);
      return {
        state: 'failed',
        error: new SourceError(
          'unreachable',
          `Expected an answer from ${url.href}; got none: ${error.message || error.name}. Check the address and the network.`,
          { cause: thrown },
        ),
      };
    }
  }
}

async function paced(
  pacer: Pacer,
  pace: Pace | undefined,
  signal: AbortSignal,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  return pace ? pacer(pace, signal, run) : run();
}
