/** A mean over days with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 2000;
const seed = 20_260_101;
const tail = 0.025;

/**
 * The percentile bootstrap over days: for `days` values one a day, their mean with the interval of the means of 2,000
 * resamples. The resamples depend on the number of days alone, so the difference of two rows is a paired one and the
 * same input gives the same bytes on any machine. Throws RangeError for no days.
 */
export function bootstrapOver(days: number): (values: readonly number[]) => Estimate {
  if (days < 1) throw new RangeError('expected at least one day to resample');
  const random = mulberry32(seed);
  const drawn = Array.from({ length: resamples }, () =>
    Int32Array.from({ length: days }, () => Math.floor(random() * days)),
  );
  return (values) => {
    const means = Float64Array.from(drawn, (places) => {
      let sum = 0;
      for (const place of places) sum += values[place] ?? 0;
      return sum / days;
    }).toSorted();
    return {
      mean: values.reduce((sum, value) => sum + value, 0) / days,
      low: means[Math.floor(resamples * tail)] ?? 0,
      high: means[Math.ceil(resamples * (1 - tail)) - 1] ?? 0,
    };
  };
}

/** Whether a difference is one: its interval does not hold 0. */
export function isShown({ low, high }: Estimate): boolean {
  return low > 0 || high < 0;
}

/** Uniform numbers in [0, 1) from a 32-bit state; mulberry32 by Tommy Ettinger, public domain. */
export function mulberry32(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
