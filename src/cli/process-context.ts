import { secondMs } from '../domain/time.ts';
import type { Context, GlobalOptions } from './context.ts';

/** The context of this process: its clock, its outputs, and its signals, which stop what runs. */
export function createContext(options: GlobalOptions): Context {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  let hangUp = (): void => stop.abort(new Error('stopped by SIGHUP'));
  process.on('SIGHUP', () => hangUp());
  return {
    options,
    now: () => options.now ?? Math.floor(Date.now() / secondMs) * secondMs,
    signal: stop.signal,
    onHangUp: (listener) => {
      hangUp = listener;
    },
    print: (text) => process.stdout.write(`${text}\n`),
    note: (text) => {
      if (!options.quiet) process.stderr.write(`${text}\n`);
    },
  };
}
