import { calendarDate, dayMs, utcMidnight, type CalendarDate, type Instant } from '../domain/time.ts';
import { collect, listingAnswer, type ReadItem } from './collect.ts';
import { dailyPapersItem, dailyPapersListDay } from './hf-items.ts';
import { jsonArrayAnswer } from './json-answer.ts';
import type { Source } from './source.ts';

export interface PaperSearchOptions {
  readonly name: string;
  /** `https://huggingface.co` */
  readonly baseUrl: string;
  /** Asked one by one, each a listing of its own. */
  readonly queries: readonly string[];
  /** Papers of one answer, 1 to 100. */
  readonly limit: number;
  /** The search finds papers of all years by likeness; those submitted longer ago are not announced. */
  readonly maxAgeDays: number;
}

/**
 * Papers that the search of Hugging Face finds, in the form of Daily Papers but not necessarily ever on a daily list:
 * the day of such a listing is that of our reading, in UTC. Nothing found is quiet.
 */
export function hfPaperSearch(options: PaperSearchOptions): Source {
  const { name, baseUrl, queries, limit, maxAgeDays } = options;
  return {
    name,
    kind: 'hf-paper-search',
    address: baseUrl,
    requests: () => queries.map((query) => ({ key: keyOf(query) })),
    async read({ key }, { now, signal, validators, http }) {
      const url = `${baseUrl.replace(/\/+$/, '')}/api/papers/search?${key}&limit=${limit}`;
      const answer = await http.get(url, { accept: 'application/json', signal, validators });
      if (answer.state === 'unchanged') return { state: 'unchanged' };
      const found = jsonArrayAnswer(answer.body, 'a JSON array of papers', url).map((value, place) => ({
        item: dailyPapersItem(value, place),
        listDay: dailyPapersListDay(value),
      }));
      const earliestAt = now - maxAgeDays * dayMs;
      const recent = found.filter(({ item, listDay }) => isRecent(item, listDay, earliestAt));
      const collected = collect(recent.map(({ item }) => item));
      const listing = {
        source: name,
        listDate: calendarDate(now, 'UTC'),
        readAt: now,
        ...collected,
        quiet: collected.announced === 0,
        hasVotes: true,
      };
      // The day is that of our reading and changes by itself: what is said are the entries.
      return listingAnswer(listing, validators, answer.validators, [listing.entries, listing.dropped]);
    },
  };
}

/** A form-encoded query, which is also the request key: `q=tool+use`. */
function keyOf(query: string): string {
  return new URLSearchParams({ q: query }).toString();
}

/** Submitted or put on a daily list since then. What tells no date stays, and so does a broken item: it is reported. */
function isRecent(item: ReadItem, listDay: CalendarDate | undefined, earliestAt: Instant): boolean {
  if ('reason' in item) return true;
  const listedAt = listDay === undefined ? undefined : utcMidnight(listDay);
  const dates = [listedAt, item.paper.submittedAt].filter((at) => at !== undefined);
  return dates.length === 0 || Math.max(...dates) >= earliestAt;
}
