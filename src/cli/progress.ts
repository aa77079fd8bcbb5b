/** A bar on standard error, one stage at a time. */
export interface Progress {
  show(stage: string, done: number, total: number): void;
  stop(): void;
}

const silent: Progress = { show: () => undefined, stop: () => undefined };

/** Bars only for a person at a terminal: nothing in a pipe, a log or with `--quiet`. */
export async function openProgress(isWanted: boolean): Promise<Progress> {
  if (!isWanted || !process.stderr.isTTY) return silent;
  const { progress } = await import('@clack/prompts');
  type Bar = ReturnType<typeof progress>;
  let current: { readonly stage: string; readonly bar: Bar; done: number; total: number } | undefined;

  const end = (): void => {
    if (!current) return;
    current.bar.stop(`${current.stage}: ${current.done} of ${current.total}`);
    current = undefined;
  };

  return {
    show(stage, done, total) {
      if (current?.stage !== stage) {
        end();
        const bar = progress({ max: Math.max(total, 1), output: process.stderr });
        bar.start(stage);
        current = { stage, bar, done: 0, total };
      }
      current.bar.advance(done - current.done, `${stage}: ${done} of ${total}`);
      current.done = done;
      current.total = total;
    },
    stop: end,
  };
}
