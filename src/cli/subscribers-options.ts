import type { Origin } from '../domain/subscriber.ts';
import type { CalendarDate } from '../domain/time.ts';

/** Which subscribers a command is about, as it stands on the command line. */
export interface FilterOptions {
  readonly digest?: string;
  readonly state?: 'confirmed' | 'pending' | 'unsubscribed' | 'left';
  readonly topic?: string;
  readonly origin?: Origin;
  readonly domain?: string;
  readonly since?: CalendarDate;
}

/** How an import is to read its files, as it stands on the command line. */
export interface ImportOptions {
  readonly map?: readonly string[];
  readonly digest?: readonly string[];
}
