import type { SubmissionAnswer, Transport } from './transport.ts';

export type SubmissionResult = SubmissionAnswer['result'];

/** How long submissions of one result took: how many up to each bound, cumulative, as Prometheus counts them. */
export interface SendTimes {
  readonly result: SubmissionResult;
  /** As long as `sendBounds`. */
  readonly upTo: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
}

/** In seconds. */
export const sendBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

interface Sums {
  readonly counts: number[];
  count: number;
  sumSeconds: number;
}

function none(): Sums {
  return { counts: sendBounds.map(() => 0), count: 0, sumSeconds: 0 };
}

/** The same transport, and the times of its submissions since it was made, in plain numbers. */
export function timed(transport: Transport): {
  readonly transport: Transport;
  readonly times: () => readonly SendTimes[];
} {
  const byResult = new Map<SubmissionResult, Sums>([['accepted', none()]]);

  function note(result: SubmissionResult, seconds: number): void {
    const sums = byResult.get(result) ?? none();
    byResult.set(result, sums);
    const at = sendBounds.findIndex((bound) => seconds <= bound);
    if (at >= 0) sums.counts[at] = (sums.counts[at] ?? 0) + 1;
    sums.count += 1;
    sums.sumSeconds += seconds;
  }

  return {
    transport: {
      name: transport.name,
      async submit(message, beforeHandover, signal) {
        const startedAt = performance.now();
        const answer = await transport.submit(message, beforeHandover, signal);
        note(answer.result, (performance.now() - startedAt) / 1000);
        return answer;
      },
      close: () => transport.close(),
    },
    times: () =>
      [...byResult].map(([result, { counts, count, sumSeconds }]) => {
        let sum = 0;
        return { result, upTo: counts.map((some) => (sum += some)), count, sumSeconds };
      }),
  };
}
