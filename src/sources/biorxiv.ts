import { z } from 'zod';
import type { Listing, ListingAnswer } from '../domain/listing.ts';
import { addDays, calendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { biorxivItems, type PreprintServer } from './biorxiv-rows.ts';
import { collect, listingAnswer } from './collect.ts';
import { jsonAnswer } from './json-answer.ts';
import type { Pace } from './pace.ts';
import type { ListingRequest, ReadContext, Source } from './source.ts';

/** Rows of a day come in late: the API is filled after the papers are posted. */
const lateReads = 3;
/** A page has 30 or 100 rows and a day some hundreds: far more than any day will have. */
const maxPages = 200;
/** No limit is published; the maintainers ask not to be flooded. For both servers together. */
const biorxivPace: Pace = { group: 'biorxiv.org', minIntervalMs: 1000 };

export interface BiorxivOptions {
  readonly name: string;
  /** `https://api.biorxiv.org`, for both servers. */
  readonly baseUrl: string;
  readonly server: PreprintServer;
}

/** The papers that bioRxiv or medRxiv posted, new and revised: one request key for each day, `date=YYYY-MM-DD`. */
export function biorxiv({ name, baseUrl, server }: BiorxivOptions): Source {
  return {
    name,
    kind: server,
    address: baseUrl,
    requests: biorxivRequests,
    read: (request, context) => readDay({ name, baseUrl, server }, request, context),
  };
}

/** Today in New York, where the servers are, and the three days before it, oldest first: they post on all days. */
export function biorxivRequests(now: Instant): ListingRequest[] {
  const today = calendarDate(now, 'America/New_York');
  return Array.from({ length: lateReads + 1 }, (_, index) => addDays(today, index - lateReads)).map(
    (listDate) => ({ key: `date=${listDate}`, listDate }),
  );
}

/** `cursor`, `count` and `total` are numbers or text; only `total` is used, the others can be counted. */
const total = z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)]);
const wireAnswer = z.object({
  messages: z.array(z.object({ status: z.string(), total: total.optional().catch(undefined) })).min(1),
  collection: z.array(z.unknown()).optional().catch(undefined),
});

async function readDay(
  { name, baseUrl, server }: BiorxivOptions,
  request: ListingRequest,
  context: ReadContext,
): Promise<ListingAnswer> {
  const listDate = request.listDate ?? calendarDate(context.now, 'America/New_York');
  const interval = `${baseUrl.replace(/\/+$/, '')}/details/${server}/${listDate}/${listDate}`;
  const rows = await allRows(interval, context);
  const collected = collect(biorxivItems(rows, server));
  const listing: Listing = {
    source: name,
    listDate,
    readAt: context.now,
    ...collected,
    quiet: collected.announced === 0,
    rhythm: 'growing',
    hasVotes: false,
  };
  return listingAnswer(listing, context.validators);
}

/** Every row of an interval, page after page; the cursor is the number of rows before a page. */
async function allRows(interval: string, context: ReadContext): Promise<unknown[]> {
  const rows: unknown[] = [];
  const seen = new Set<string>();
  let total: number | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const url = `${interval}/${rows.length}/json`;
    const { found, ...told } = await readPage(url, context);
    total = told.total ?? total;
    const fresh = found.map((row) => JSON.stringify(row)).filter((row) => !seen.has(row));
    if (found.length > 0 && fresh.length === 0) {
      throw new SourceError(
        'malformed',
        `Expected the rows from ${rows.length} on from ${url}; got rows that came before. Try again later.`,
      );
    }
    if (found.length === 0 && total !== undefined && rows.length < total) {
      throw new SourceError(
        'malformed',
        `Expected ${total} rows from ${interval}; got no more after ${rows.length}. Try again later.`,
      );
    }
    for (const row of fresh) seen.add(row);
    rows.push(...found);
    if (found.length === 0 || (total !== undefined && rows.length >= total)) return rows;
  }
  throw new SourceError(
    'too-large',
    `Expected at most ${maxPages} pages from ${interval}; got more, with ${rows.length} rows. Check the base URL.`,
  );
}

async function readPage(
  url: string,
  { http, signal }: ReadContext,
): Promise<{ total: number | undefined; found: readonly unknown[] }> {
  const answer = await http.get(url, {
    accept: 'application/json',
    signal,
    pace: isBiorxivHost(url) ? biorxivPace : undefined,
  });
  if (answer.state === 'unchanged') return { total: undefined, found: [] };
  const parsed = wireAnswer.safeParse(jsonAnswer(answer.body, 'papers as JSON', url));
  const [message] = parsed.data?.messages ?? [];
  // Said of a day without papers, and of a page behind the last: only the caller knows which.
  if (message && /^no posts found/i.test(message.status)) return { total: undefined, found: [] };
  if (message && message.status !== 'ok') {
    throw new SourceError(
      'reported',
      `Expected papers from ${url}; the source reports: ${message.status.slice(0, 120)}.`,
    );
  }
  const found = parsed.data?.collection;
  if (message && found) return { total: message.total, found };
  throw new SourceError(
    'not-recognised',
    `Expected an object with messages and a collection from ${url}; got something else. Check the base URL.`,
  );
}

function isBiorxivHost(url: string): boolean {
  return URL.canParse(url) && /(?:^|\.)(?:bio|med)rxiv\.org$/.test(new URL(url).hostname);
}
