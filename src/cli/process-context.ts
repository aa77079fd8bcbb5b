import { isatty } from 'node:tty';
import { secondMs } from '../domain/time.ts';
import type { Context, GlobalOptions } from './context.ts';

/** The context of this process: its clock, its outputs, and its signals, which stop what runs. */
export function createContext(options: GlobalOptions): Context {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  const stopped = (): void => stop.abort(new Error('stopped by SIGHUP'));
  let hangUp = stopped;
  const isInTerminal = hasTerminal();
  // A terminal that was closed asks for nothing but the end.
  process.on('SIGHUP', () => (isInTerminal && !hasTerminal() ? stopped() : hangUp()));
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

function hasTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor));
}
