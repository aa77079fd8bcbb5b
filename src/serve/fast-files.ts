import type { IncomingMessage, ServerResponse } from 'node:http';
import { chooseEncoding, type Encoding } from './conditions.ts';
import { fileAnswer } from './file-answer.ts';
import type { PublishedReader } from './published-files.ts';

/** Answers a request if it can at once, and says whether it did. */
export type FastHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

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
  readonly mayAnswer: (request: IncomingMessage) => boolean;
}): FastHandler {
  const { root, files, cacheControl, mayAnswer } = parts;
  const encodings = new Map<string, Encoding>();

  function encodingFor(accepted: string): Encoding {
    const known = encodings.get(accepted);
    if (known !== undefined) return known;
    if (encodings.size >= mostEncodings) encodings.clear();
    const encoding = chooseEncoding(accepted);
    encodings.set(accepted, encoding);
    return encoding;
  }

  return (request, response) => {
    const { method, url = '', headers } = request;
    if (method !== 'GET' && method !== 'HEAD') return false;
    if (!url.startsWith(root) || /[?%#\\]/.test(url)) return false;
    const path = url.endsWith('/') ? `${url.slice(root.length)}index.html` : url.slice(root.length);
    const accepted = headers['accept-encoding'];
    const encoding = encodingFor(typeof accepted === 'string' ? accepted : '');
    const file = files.ready(path, encoding);
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
  };
}
