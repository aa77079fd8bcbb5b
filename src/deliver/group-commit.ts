/** Puts steps that come at about the same time into one commit. */
export interface GroupCommit<Step, Result> {
  /** Resolves when the step is committed, and rejects when its commit failed. Steps are committed in the order in which they came. */
  add(step: Step): Promise<Result>;
  /** Resolves when nothing is under way; never rejects. */
  settled(): Promise<void>;
}

/**
 * A commit starts when `isFull` says so of the steps that wait, at the latest `waitMs` after the first of them came;
 * one at a time.
 */
export function groupCommit<Step, Result>(
  commit: (steps: readonly Step[]) => Promise<readonly Result[]>,
  { isFull, waitMs }: { readonly isFull: (steps: readonly Step[]) => boolean; readonly waitMs: number },
): GroupCommit<Step, Result> {
  interface Waiting {
    readonly step: Step;
    readonly promise: PromiseWithResolvers<Result>;
  }
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    if (running || waiting.length === 0) return;
    const group = waiting;
    waiting = [];
    running = run(group).finally(() => {
      running = undefined;
      startWhenDue();
    });
  }

  async function run(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await commit(group.map(({ step }) => step));
      for (const [index, { promise }] of group.entries()) {
        const result = results[index];
        if (result === undefined) promise.reject(new Error('a step was left without a result'));
        else promise.resolve(result);
      }
    } catch (error) {
      for (const { promise } of group) promise.reject(error);
    }
  }

  function startWhenDue(): void {
    if (isFull(waiting.map(({ step }) => step))) start();
    else if (waiting.length > 0) timer ??= setTimeout(start, waitMs);
  }

  return {
    add(step) {
      const promise = Promise.withResolvers<Result>();
      waiting.push({ step, promise });
      if (!running) startWhenDue();
      return promise.promise;
    },
    async settled() {
      while (running || waiting.length > 0) {
        start();
        await running;
      }
    },
  };
}
