/** A signal that aborts so long after the other one. `done` when it is not needed any more. */
export function lateStop(
  signal: AbortSignal,
  ms: number,
): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => controller.abort(signal.reason), ms);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    done: () => {
      signal.removeEventListener('abort', start);
      clearTimeout(timer);
    },
  };
}
