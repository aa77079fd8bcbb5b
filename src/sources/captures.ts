import { z } from 'zod';
import type { Listing } from '../domain/listing.ts';
import { isCalendarDate, isWeekend, parseInstant, type CalendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { collect } from './collect.ts';
import { dailyPapersItem } from './hf-items.ts';

const wireCapture = z
  .object({
    list_date: z.string().refine(isCalendarDate),
    captured_before: z.string().optional(),
    captured_at: z.string().optional(),
    response: z.array(z.unknown()),
  })
  .transform(({ list_date, captured_at, captured_before, response }) => ({
    listDate: list_date,
    capturedAt: parseInstant(captured_at ?? captured_before ?? ''),
    response,
  }));

/** One recorded answer of the Daily Papers API: one line of a captures file, not yet read. */
export interface Capture {
  /** From 1. */
  readonly line: number;
  readonly listDate: CalendarDate;
  readonly capturedAt: Instant;
  readonly text: string;
}

/** Whether the first line of a file is a capture. */
export function looksLikeCapture(value: unknown): boolean {
  return z.object({ list_date: z.unknown(), response: z.unknown() }).safeParse(value).success;
}

/** All captures of a file, in its order. Throws `malformed` and names the line when one is cut off or has another form. */
export function capturesIn(text: string, from: string): Capture[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const { listDate, capturedAt } = parsedCapture(line, index + 1, from);
    return [{ line: index + 1, listDate, capturedAt, text: line }];
  });
}

/** The listing as it was answered then: read at the time of the capture. */
export function captureListing(capture: Capture, source: string, from: string): Listing {
  const { listDate, capturedAt, response } = parsedCapture(capture.text, capture.line, from);
  const collected = collect(response.map(dailyPapersItem));
  const quiet = collected.announced === 0 && isWeekend(listDate);
  return { source, listDate, readAt: capturedAt, ...collected, quiet, rhythm: 'growing', hasVotes: true };
}

function parsedCapture(
  text: string,
  line: number,
  from: string,
): { listDate: CalendarDate; capturedAt: Instant; response: unknown[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new SourceError(
      'malformed',
      `Expected a recorded answer on line ${line} of ${from}; got JSON that is cut off or broken. Correct or remove the line.`,
      { cause: thrown },
    );
  }
  const parsed = wireCapture.safeParse(value);
  if (parsed.success && parsed.data.capturedAt !== undefined)
    return { ...parsed.data, capturedAt: parsed.data.capturedAt };
  throw new SourceError(
    'malformed',
    `Expected list_date, captured_at or captured_before, and a response array on line ${line} of ${from}; at least one is missing or has another form.`,
  );
}
