import robotsParser from 'robots-parser';
import { asError, SourceError } from '../errors.ts';
import { hourMs } from '../domain/time.ts';
import type { Pace } from './pace.ts';

/** RFC 9309 section 2.4: rules are not used for more than a day. */
const freshMs = 24 * hourMs;
/** A file that could not be read is asked for again after so long, and not with every request. */
const askAgainMs = hourMs;
/** RFC 9309 section 2.5: at least 500 kibibytes are read. */
const maxBytes = 500 * 1024;
/** A longer `Crawl-delay` is taken for this: a reading has to end. */
const mostDelaySeconds = 30;

/** How many redirects of a robots.txt are followed: RFC 9309 section 2.3.1.2 asks for five. */
export const maxRobotsRedirects = 5;
/** Statuses that say that there is no robots.txt (RFC 9309 section 2.3.1.3); 429 is a server that is busy, like 5xx. */
export const noRobotsStatuses = Array.from({ length: 100 }, (_, index) => 400 + index).filter(
  (status) => status !== 429,
);

/** What is there at `/robots.txt`: a text, or none with a status of 4xx. Rejects where that cannot be told. */
export type RobotsReader = (url: string) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

export interface Robots {
  /**
   * Resolves when we may ask for `url`, with the pace that its host asks for by `Crawl-delay`. Rejects with a
   * `SourceError` when its robots.txt forbids the address to us.
   */
  admit(url: URL, read: RobotsReader): Promise<Pace | undefined>;
}

interface Rules {
  readonly readAtMs: number;
  readonly keptMs: number;
  readonly parsed: ReturnType<typeof robotsParser.default> | undefined;
}

/**
 * The rules of RFC 9309 for `agent` (our product token), read once a day for each origin. 4xx allows everything
 * (section 2.3.1.3). A file that cannot be read leaves the rules of before in force and, where there are none,
 * allows: section 2.3.1.4 would forbid, but an operator chose these addresses one by one, and a newspaper that is
 * read once a day must not fail for a robots.txt. `notice` is told. `elapsedMs` is a clock that only goes forward.
 */
export function createRobots(agent: string, elapsedMs: () => number, notice: (text: string) => void): Robots {
  const known = new Map<string, Promise<Rules>>();

  async function readRules(origin: string, before: Rules | undefined, read: RobotsReader): Promise<Rules> {
    const url = `${origin}/robots.txt`;
    const readAtMs = elapsedMs();
    try {
      const { status, body } = await read(url);
      const text = status < 300 ? new TextDecoder().decode(body.subarray(0, maxBytes)) : '';
      return { readAtMs, keptMs: freshMs, parsed: parsedRobots(url, unreservedDecoded(text)) };
    } catch (thrown) {
      // Only a source's failure is one of the host; the end of our own work is not.
      if (!(thrown instanceof SourceError)) throw thrown;
      const meanwhile = before?.parsed
        ? 'its rules of before stay in force'
        : 'everything is taken as allowed';
      notice(`${url} could not be read, ${meanwhile}: ${asError(thrown).message}`);
      return { readAtMs, keptMs: askAgainMs, parsed: before?.parsed };
    }
  }

  async function rulesOf(origin: string, read: RobotsReader): Promise<Rules> {
    const last = known.get(origin);
    const before = await last;
    if (before && elapsedMs() - before.readAtMs < before.keptMs) return before;
    // Another request began to read it meanwhile.
    if (known.get(origin) !== last) return rulesOf(origin, read);
    const reading = readRules(origin, before, read);
    known.set(origin, reading);
    try {
      return await reading;
    } catch (thrown) {
      known.delete(origin);
      throw thrown;
    }
  }

  return {
    async admit(url, read) {
      const { parsed } = await rulesOf(url.origin, read);
      const asked = unreservedDecoded(url.href);
      if (parsed?.isAllowed(asked, agent) === false) {
        throw new SourceError(
          'reported',
          `Expected to be allowed to read ${url.href}; line ${parsed.getMatchingLineNumber(asked, agent)} of ${url.origin}/robots.txt forbids it to ${agent}. Ask its operator, or take the source out of the configuration.`,
        );
      }
      const seconds = Math.min(parsed?.getCrawlDelay(agent) ?? 0, mostDelaySeconds);
      return seconds > 0 ? { group: `robots ${url.origin}`, minIntervalMs: seconds * 1000 } : undefined;
    },
  };
}

/** RFC 9309 section 2.2.2: a character that needs no percent-encoding (RFC 3986 section 2.3) is compared without it. */
function unreservedDecoded(text: string): string {
  return text.replaceAll(/%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/gi, decodeURIComponent);
}

/** The package's types tell of an export named default; what CommonJS exports, and we import, is that function itself. */
function parsedRobots(url: string, text: string): ReturnType<typeof robotsParser.default> {
  const parse: unknown = robotsParser;
  if (!isParser(parse)) throw new TypeError('expected robots-parser to export a function');
  return parse(url, text);
}

function isParser(value: unknown): value is typeof robotsParser.default {
  return typeof value === 'function';
}
