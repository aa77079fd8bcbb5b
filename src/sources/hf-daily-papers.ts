import type { Listing, ListingAnswer, Validators } from '../domain/listing.ts';
import { addDays, calendarDate, isWeekend, type CalendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { collect, listingAnswer } from './collect.ts';
import { dailyPapersItem } from './hf-items.ts';
import type { ListingRequest, ReadContext, Source } from './source.ts';

/** The API's own maximum; its default of 50 cuts full days. */
const pageSize = 100;
/** A day has had at most 50 or so; 20 pages are far more than any day will have. */
const maxPages = 20;
/** Votes still rise for days, and a list grows after its day is over. */
const lateReads = 3;

export interface DailyPapersOptions {
  readonly name: string;
  /** `https://huggingface.co` */
  readonly baseUrl: string;
}

/** Hugging Face Daily Papers: one request key for each list day, `date=YYYY-MM-DD`. */
export function hfDailyPapers({ name, baseUrl }: DailyPapersOptions): Source {
  return {
    name,
    kind: 'hf-daily-papers',
    address: baseUrl,
    growsByDay: true,
    requests: dailyPapersRequests,
    read: (request, context) => readDay(name, baseUrl, request, context),
  };
}

/** The request for one list day. */
export function dailyPapersRequest(listDate: CalendarDate): ListingRequest {
  return { key: `date=${listDate}`, listDate };
}

/**
 * Today in UTC and the three list days before it, oldest first. Never a later day (the API answers 400), and no
 * Saturday or Sunday (they have no list).
 */
export function dailyPapersRequests(now: Instant): ListingRequest[] {
  const today = calendarDate(now, 'UTC');
  const days: CalendarDate[] = isWeekend(today) ? [] : [today];
  const wanted = days.length + lateReads;
  for (let day = addDays(today, -1); days.length < wanted; day = addDays(day, -1)) {
    if (!isWeekend(day)) days.unshift(day);
  }
  return days.map(dailyPapersRequest);
}

async function readDay(
  name: string,
  baseUrl: string,
  request: ListingRequest,
  context: ReadContext,
): Promise<ListingAnswer> {
  const listDate = request.listDate ?? calendarDate(context.now, 'UTC');
  const items: unknown[] = [];
  let validators: Validators = {};
  for (let page = 0, more = true; more && page < maxPages; page += 1) {
    const url = `${baseUrl.replace(/\/+$/, '')}/api/daily_papers?date=${listDate}&limit=${pageSize}&p=${page}`;
    const answer = await context.http.get(url, {
      accept: 'application/json',
      signal: context.signal,
      validators: page === 0 ? context.validators : undefined,
    });
    if (answer.state === 'unchanged') return answer;
    const found = parsedPage(new TextDecoder().decode(answer.body), url);
    items.push(...found);
    more = found.length >= pageSize || (found.length > 0 && /\brel="?next\b/.test(answer.link ?? ''));
    // The tag of the first page says nothing of the others, so it is kept only for a list of one page.
    validators = page === 0 && !more ? answer.validators : {};
  }
  const collected = collect(items.map(dailyPapersItem));
  const quiet = collected.announced === 0 && isWeekend(listDate);
  const listing: Listing = {
    source: name,
    listDate,
    readAt: context.now,
    ...collected,
    quiet,
    rhythm: 'growing',
    hasVotes: true,
  };
  return listingAnswer(listing, context.validators, validators);
}

function parsedPage(text: string, url: string): unknown[] {
  const start = text.slice(0, 80).replace(/\s+/g, ' ').trim();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const cut = start === '' || start.startsWith('[') || start.startsWith('{');
    const came = start === '' ? 'an empty body' : cut ? 'JSON that is cut off or broken' : `"${start}"`;
    throw new SourceError(
      cut ? 'malformed' : 'not-recognised',
      `Expected a JSON array of papers from ${url}; got ${came}. Try again later, or check the base URL.`,
      { cause: thrown },
    );
  }
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'error' in value) {
    throw new SourceError(
      'reported',
      `Expected papers from ${url}; the source reports: ${String(value.error)}.`,
    );
  }
  throw new SourceError(
    'not-recognised',
    `Expected a JSON array of papers from ${url}; got "${start}". Check the base URL.`,
  );
}
