import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Instant } from '../domain/time.ts';
import { answerBytes } from './answer-bytes.ts';
import type { ClientRequest } from './client-address.ts';
import { chooseEncoding, type Encoding } from './conditions.ts';
import type { PlainHandler } from './fast-connection.ts';
import { fileAnswer } from './file-answer.ts';
import { keepAliveMs } from './patience.ts';
import type { PublishedReader, Representation } from './published-files.ts';

/** Answers a request if it can at once, and says whether it did. */
export type FastHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Both ways to answer at once. */
export interface FastFiles {
  /** A request that node:http has read. */
  readonly fast: FastHandler;
  /** A request that was read from its connection. */
  readonly plain: PlainHandler;
}

/** Clients send few different values of Accept-Encoding; one who sends many makes us choose again, no more. */
const mostEncodings = 1_000;

/**
 * Answers for published files that are in memory, without the framework, which costs a third of the requests a
 * second. It takes only plain addresses (no query, nothing encoded), and its answers are those of `fileAnswer`;
 * whatever it does not take is for the framework, as is every answer that a limit might refuse.
 */
export function fastFiles(parts: {
  /** The path of the site: starts and ends with a slash. */
  readonly root: string;
  readonly files: PublishedReader;
  readonly cacheControl: () => string;
  /** Whether a whole answer may be sent, which counts it. */
  readonly mayAnswer: (request: ClientRequest) => boolean;
  readonly now: () => Instant;
}): FastFiles {
  const { root, files, cacheControl, mayAnswer, now } = parts;
  const encodings = new Map<string, Encoding>();
  const bytesOf = answerBytes(cacheControl, keepAliveMs, now);

  function encodingFor(accepted: string): Encoding {
    const known = encodings.get(accepted);
    if (known !== undefined) return known;
    if (encodings.size >= mostEncodings) encodings.clear();
    const encoding = chooseEncoding(accepted);
    encodings.set(accepted, encoding);
    return encoding;
  }

  function find(url: string, accepted: string): Representation | undefined {
    if (!url.startsWith(root)) return undefined;
    const path = url.endsWith('/') ? `${url.slice(root.length)}index.html` : url.slice(root.length);
    try {
      return files.ready(path, encodingFor(accepted));
    } catch {
      // The folder cannot be looked at: the framework meets the same fault, logs it and answers 500.
      return undefined;
    }
  }

  return {
    fast: (request, response) => {
      const { method, url = '', headers } = request;
      if (method !== 'GET' && method !== 'HEAD') return false;
      if (/[?%#\\]/.test(url)) return false;
      const accepted = headers['accept-encoding'];
      const file = find(url, typeof accepted === 'string' ? accepted : '');
      if (!file) return false;
      const fetchDest = headers['sec-fetch-dest'];
      const answer = fileAnswer(
        file,
        {
          ifNoneMatch: headers['if-none-match'],
          ifModifiedSince: headers['if-modified-since'],
          fetchDest: typeof fetchDest === 'string' ? fetchDest : undefined,
        },
        cacheControl(),
      );
      if (answer.status === 200 && !mayAnswer(request)) return false;
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
      return true;
    },
    plain: (request, socket) => {
      const file = find(request.path, request.acceptEncoding ?? '');
      if (!file) return undefined;
      const answer = bytesOf(file, request);
      if (answer.status === 304) return answer;
      const headers = { 'x-forwarded-for': request.forwardedFor };
      return mayAnswer({ socket, headers }) ? answer : undefined;
    },
  };
}
