import { z } from 'zod';
import { plainLine, type Author } from '../domain/paper.ts';
import {
  isCalendarDate,
  parseInstant,
  utcMidnight,
  type CalendarDate,
  type Instant,
} from '../domain/time.ts';
import { arxivAuthors } from './arxiv-authors.ts';
import type { ReadItem } from './collect.ts';
import { identityOf } from './paper-identity.ts';

const text = z.string().optional().catch(undefined);
const author = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);

const wirePaper = z.object({
  id: text,
  arxiv_id: text,
  doi: text,
  url: text,
  abs: text,
  title: text,
  abstract: text,
  summary: text,
  authors: z.union([z.string(), z.array(author.catch(''))]).catch([]),
  categories: z
    .union([z.string().transform((names) => names.split(/[\s,]+/)), z.array(z.string())])
    .catch([]),
  published: text,
  /** The day of the list that it stood on. */
  list_date: text,
  listed_on: text,
  comment: text,
  comments: text,
});

/** Whether a value is an object with a title: the least that makes a paper. */
export function looksLikePaperObject(value: unknown): boolean {
  return z.object({ title: z.string() }).safeParse(value).success;
}

/** Every line of a file of JSON lines as a paper; a line that is none is dropped with the reason. */
export function paperLines(lines: string): ReadItem[] {
  return lines.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [paperLine(line, index + 1)]));
}

/** One line of such a file; `place` is its number, from 1. */
function paperLine(line: string, place: number): ReadItem {
  return datedLine(line, place).item;
}

/** The same with the day of the list that the paper stood on, where the line tells it. */
export function datedLine(
  line: string,
  place: number,
): { readonly item: ReadItem; readonly listDate?: CalendarDate } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { item: { key: `line ${place}`, reason: 'expected one JSON object on a line; got broken JSON' } };
  }
  const dates = wirePaper.pick({ list_date: true, listed_on: true }).safeParse(value).data;
  const listDate = dates?.list_date ?? dates?.listed_on ?? '';
  return { item: paperObject(value, place), ...(isCalendarDate(listDate) && { listDate }) };
}

/** One paper as an object of our own, open form; `place` is its line, from 1. */
export function paperObject(value: unknown, place: number): ReadItem {
  const parsed = wirePaper.safeParse(value);
  if (!parsed.success) return { key: `line ${place}`, reason: 'expected an object; got something else' };
  const wire = parsed.data;
  const named = [wire.arxiv_id, wire.id, wire.doi, wire.url].find((key) => key !== undefined && key !== '');
  const title = plainLine(wire.title ?? '');
  const abstract = plainLine(wire.abstract ?? wire.summary ?? '');
  if (title === '' || abstract === '') {
    return {
      key: named ?? `line ${place}`,
      reason: `expected a title and an abstract; got no ${title === '' ? 'title' : 'abstract'}`,
    };
  }
  const comments = plainLine(wire.comments ?? wire.comment ?? '');
  const submittedAt = instantOf(wire.published ?? '');
  const { id, ...identity } = identityOf({
    arxiv: wire.arxiv_id ?? wire.id,
    doi: wire.doi ?? wire.id,
    url: wire.url ?? wire.abs ?? wire.id,
    title,
  });
  return {
    sourceKey: named ?? id,
    kind: 'new',
    paper: {
      id,
      ...identity,
      title,
      abstract,
      authors: authorsOf(wire.authors),
      categories: [...new Set(wire.categories.map(plainLine).filter((name) => name !== ''))],
      keywords: [],
      ...(comments === '' ? {} : { comments }),
      ...(submittedAt === undefined ? {} : { submittedAt }),
    },
    signals: [],
  };
}

function authorsOf(authors: string | string[]): Author[] {
  if (typeof authors === 'string') return arxivAuthors(authors);
  return authors.map((name) => ({ name: plainLine(name) })).filter(({ name }) => name !== '');
}

/** A date alone stands for its midnight in UTC. */
function instantOf(published: string): Instant | undefined {
  return isCalendarDate(published) ? utcMidnight(published) : parseInstant(published);
}
