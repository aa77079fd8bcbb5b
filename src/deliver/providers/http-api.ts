import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { secondMs } from '../../domain/time.ts';
import { asError } from '../../errors.ts';
import { readLimited } from '../../sources/http-body.ts';
import type { OutgoingMessage, SubmissionAnswer, Transport } from '../transport.ts';

/** The one request that sends a mail. */
export interface ApiRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A whole answer; `json` is undefined where the body is something else. */
export interface ApiAnswer {
  readonly status: number;
  /** The first value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly text: string;
  readonly json: unknown;
}

/** What is a provider's own in sending one mail by one POST. */
export interface ProviderApi {
  readonly name: string;
  /** Rejects when the provider cannot carry such a mail. */
  request(message: OutgoingMessage): Promise<ApiRequest> | ApiRequest;
  /** What its answer means; undefined where it means what its status does everywhere. */
  read(answer: ApiAnswer): Verdict | undefined;
}

/** `unclear` is an answer that does not say whether the mail was taken; `deferred relay` asks for less of all mail. */
export type Verdict =
  | {
      readonly verdict:
        | 'accepted'
        | 'deferred'
        | 'deferred relay'
        | 'rejected'
        | 'blocked sender'
        | 'blocked message';
      readonly words: string;
    }
  | { readonly verdict: 'unclear' };

export interface ApiTimeouts {
  readonly connectMs: number;
  /** From the first byte of the request to the last one of the answer. */
  readonly answerMs: number;
}

const patient: ApiTimeouts = { connectMs: 30 * secondMs, answerMs: 120 * secondMs };
const maxAnswerBytes = 64_000;

/**
 * A transport over a provider's HTTP interface. The marker is set when a connection stands and before the first byte
 * of the request goes, so that a provider that cannot be reached leaves nothing in doubt; from then on only an answer tells.
 * Nothing is asked twice: none of these interfaces knows one mail again.
 */
export function createProvider(
  api: ProviderApi,
  { connections, timeouts = patient }: { readonly connections: number; readonly timeouts?: ApiTimeouts },
): Transport {
  const agent = new Agent({
    allowH2: false,
    connections,
    pipelining: 1,
    connect: { timeout: timeouts.connectMs },
    headersTimeout: timeouts.answerMs,
    bodyTimeout: timeouts.answerMs,
  });

  return {
    name: api.name,

    async submit(message, beforeHandover, signal) {
      let asked: ApiRequest;
      try {
        asked = await api.request(message);
      } catch (error) {
        return { result: 'blocked', about: 'message', reply: oneLine(asError(error).message) };
      }
      let handedOver = false;
      async function* body(): AsyncGenerator<Uint8Array> {
        signal.throwIfAborted();
        if (!(await beforeHandover())) throw new Error('withdrawn before it was handed over');
        handedOver = true;
        yield asked.body;
      }
      const limit = AbortSignal.timeout(timeouts.connectMs + timeouts.answerMs);
      try {
        const answer = await exchange(asked, body(), AbortSignal.any([signal, limit]));
        return handedOver ? answerOf(api, answer) : early(api, answer);
      } catch (error) {
        const reply = limit.aborted ? 'no answer in time' : asError(error).message;
        return { result: handedOver ? 'in_doubt' : 'deferred', reply: oneLine(reply) };
      }
    },

    close: () => agent.close(),
  };

  async function exchange(
    { url, headers, body }: ApiRequest,
    stream: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<ApiAnswer> {
    const response = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'user-agent': 'Broadsheet',
        accept: 'application/json',
        ...headers,
        'content-length': String(body.byteLength),
      },
      body: Readable.from(stream, { objectMode: false }),
      signal,
    });
    const bytes = await readLimited(response.body, maxAnswerBytes, url);
    const text = new TextDecoder().decode(bytes);
    return {
      status: response.statusCode,
      header: (name) => [response.headers[name]].flat()[0],
      text,
      json: jsonOf(text),
    };
  }
}

/** An answer to a request that was never made whole says nothing about the mail; it was not handed over. */
function early(api: ProviderApi, answer: ApiAnswer): SubmissionAnswer {
  const read = answerOf(api, answer);
  return read.result === 'blocked' || read.result === 'deferred'
    ? read
    : { result: 'deferred', reply: `answered ${answer.status} before it was asked` };
}

function answerOf(api: ProviderApi, answer: ApiAnswer): SubmissionAnswer {
  const read = api.read(answer) ?? byStatus(answer);
  const { status: code } = answer;
  if (read.verdict === 'unclear') {
    return { result: 'in_doubt', reply: oneLine(`${code} ${answer.text || 'without a word'}`) };
  }
  const reply = oneLine(`${code} ${read.words}`);
  switch (read.verdict) {
    case 'accepted':
      return { result: 'accepted', reply };
    case 'blocked sender':
      return { result: 'blocked', about: 'sender', reply, code };
    case 'blocked message':
      return { result: 'blocked', about: 'message', reply, code };
    case 'deferred relay': {
      const waitMs = waitIn(answer.header('retry-after'));
      return { result: 'deferred', about: 'relay', ...(waitMs !== undefined && { waitMs }), reply, code };
    }
    case 'deferred':
    case 'rejected':
      return { result: read.verdict, reply, code };
  }
}

/**
 * RFC 9110 section 15. A status of ours is about the request, so about this message or about us, never about the reader.
 * Behind 502 and 504 stands a gateway that does not know what became of the request.
 */
function byStatus({ status, text }: ApiAnswer): Verdict {
  const words = text;
  if (status === 400 || status === 413 || status === 422) return { verdict: 'blocked message', words };
  if (status === 429 || status === 503) return { verdict: 'deferred relay', words };
  if (status === 408 || status === 425) return { verdict: 'deferred', words };
  if (status >= 400 && status < 500) return { verdict: 'blocked sender', words };
  if (status >= 500 && status !== 502 && status !== 504) return { verdict: 'deferred', words };
  if (status >= 300 && status < 400)
    return { verdict: 'blocked sender', words: 'a redirect; look at baseUrl' };
  return { verdict: 'unclear' };
}

/** Retry-After of RFC 9110 section 10.2.3 where it is a number of seconds. */
function waitIn(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * secondMs : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}
