/** Some servers tell the reset as the seconds until then, others as a time: no pause is as long as this. */
const shortestEpochSeconds = 1_000_000_000;
/** Where a server says that nothing is left but not until when. GitHub asks for a minute at least. */
const unknownPauseMs = 60_000;

/**
 * How long a server asks us to wait before the next request, in milliseconds, or undefined when it does not ask:
 *
 * - `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), the date measured against the server's own `Date`;
 * - `RateLimit` with nothing remaining and the seconds to the reset (as Hugging Face sends it);
 * - `X-RateLimit-Remaining: 0` and `X-RateLimit-Reset` (GitHub: seconds since 1970; others: seconds from now).
 *
 * The last two come with good answers too: that answer was the last one for now.
 */
export function requestedPauseMs(header: (name: string) => string | undefined): number | undefined {
  const serverAt = Date.parse(header('date') ?? '');
  const retryAfter = header('retry-after')?.trim();
  if (retryAfter !== undefined && /^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  if (retryAfter !== undefined) {
    const pauseMs = Date.parse(retryAfter) - serverAt;
    if (!Number.isNaN(pauseMs)) return Math.max(0, pauseMs);
  }
  const [, reset] = /\br=0\b.*\bt=(\d+)/.exec(header('ratelimit') ?? '') ?? [];
  if (reset !== undefined) return Number(reset) * 1000;
  if (header('x-ratelimit-remaining')?.trim() !== '0') return undefined;
  const resetSeconds = Number(header('x-ratelimit-reset') ?? Number.NaN);
  const pauseMs = resetSeconds * 1000 - (resetSeconds >= shortestEpochSeconds ? serverAt : 0);
  return Number.isNaN(pauseMs) ? unknownPauseMs : Math.max(0, pauseMs);
}
