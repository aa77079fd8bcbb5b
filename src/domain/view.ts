import type { Pick } from './edition.ts';
import type { CalendarDate, Instant } from './time.ts';

/** A list over several days: the best of an ISO week, of a month, or what is rising now. */
export const viewKinds = ['week', 'month', 'trending'] as const;
export type ViewKind = (typeof viewKinds)[number];

/**
 * A list over several days as it stood at one time, frozen: pages and feeds are made of it and nothing else. A week
 * or a month that is not over is made anew with each edition; after its end it stays as it is.
 */
export interface View {
  readonly kind: ViewKind;
  /** `2026-W48` (ISO 8601), `2026-11`, and for what is trending the local date it was made for, `2026-11-24`. */
  readonly period: string;
  /** First and last local day it covers, both counted. */
  readonly fromDate: CalendarDate;
  readonly toDate: CalendarDate;
  /** When it was frozen; no output holds another "now". */
  readonly madeAt: Instant;
  /** Papers with votes of that time that were considered. */
  readonly papers: number;
  /** Best first; `rank` from 1 within the view, `topic` the best of its topics or `outside`. */
  readonly picks: readonly Pick[];
}

/** The path of a view's page below the site's root: `week/2026-W48/`, `month/2026-11/`, and `trending/`. */
export function viewPath({ kind, period }: { kind: ViewKind; period: string }): string {
  return kind === 'trending' ? 'trending/' : `${kind}/${period}/`;
}
