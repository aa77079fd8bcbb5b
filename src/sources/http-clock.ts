import { dayMs, formatInstant, secondMs, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';

const mostDifferenceMs = 2 * dayMs;

/**
 * What is wrong with our clock when a server's is more than two days away from it, by `Date` and, of an answer out of a
 * cache, `Age` (RFC 9110 section 6.6.1, RFC 9111 section 5.1); undefined where the server does not tell its time.
 */
export function clockFault(
  url: string,
  { date, age }: { readonly date: string | undefined; readonly age: string | undefined },
  now: Instant,
): SourceError | undefined {
  const saidAt = Date.parse(date ?? '');
  const seconds = /^\d{1,10}$/.test(age ?? '') ? Number(age) : 0;
  const serverAt = saidAt + seconds * secondMs;
  if (Number.isNaN(serverAt) || Math.abs(serverAt - now) <= mostDifferenceMs) return undefined;
  const days = Math.round(Math.abs(serverAt - now) / dayMs);
  return new SourceError(
    'clock',
    `Expected the time of ${url} within 2 days of ours, ${formatInstant(now)}; got ${formatInstant(serverAt)}, ${days} days ` +
      `${serverAt < now ? 'before' : 'after'} it. Set the clock of this machine, e.g. "timedatectl set-ntp true".`,
  );
}
