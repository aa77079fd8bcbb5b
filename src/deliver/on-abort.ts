const calls = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `call` when the signal aborts, until the returned function is called. For many short listeners of one
 * signal that lives long: each listener that it had keeps a hold of the next one, with all that they refer to.
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  let mine = calls.get(signal);
  if (!mine) {
    const all = new Set<() => void>();
    signal.addEventListener('abort', () => all.forEach((one) => one()), { once: true });
    calls.set(signal, all);
    mine = all;
  }
  const all = mine;
  all.add(call);
  return () => all.delete(call);
}
