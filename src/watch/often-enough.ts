import type { Instant } from '../domain/time.ts';

/** Of the time, at most one part in so many goes into reading. */
const partOfTime = 50;

/**
 * What `read` gives, asked anew at most every `leastMs`, and less often where reading takes long: it takes at most a
 * fiftieth of the time. Who asks meanwhile gets what was read last, and several who ask at once cause one reading. After
 * one that failed the next who asks reads anew.
 */
export function oftenEnough<T>(
  read: () => Promise<T>,
  leastMs: number,
  tick: () => Instant = () => performance.now(),
): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let freshUntil = -Infinity;

  async function readAnew(): Promise<T> {
    const startedAt = tick();
    try {
      const found = await read();
      freshUntil = tick() + Math.max(leastMs, partOfTime * (tick() - startedAt));
      return found;
    } catch (error) {
      freshUntil = -Infinity;
      throw error;
    }
  }

  return () => {
    if (kept && tick() < freshUntil) return kept;
    freshUntil = Infinity;
    kept = readAnew();
    return kept;
  };
}
