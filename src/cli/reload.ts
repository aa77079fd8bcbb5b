import type { Config } from '../config/config.ts';
import { asError, ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Context } from './context.ts';

/** What SIGHUP asked for. */
export interface Reload {
  /** Aborts when there is a configuration to take; another one after each `take`. */
  readonly signal: AbortSignal;
  /** What to take, once. */
  take(): Config | undefined;
}

/**
 * From now on SIGHUP asks to read the configuration again. One with faults is refused: they are logged, and the one in
 * force stays. Everything is taken anew but what only a restart can change, which is named and stays as it is. Whenever
 * it is asked for, also while another one is being taken, it is kept until it is taken; of several the last.
 */
export function openReload(
  context: Pick<Context, 'onHangUp'>,
  read: () => Config,
  inForce: () => { readonly config: Config; readonly log: Logger },
): Reload {
  let asked = new AbortController();
  let next: Config | undefined;
  context.onHangUp(() => {
    const { config, log } = inForce();
    try {
      next = withWhatStays(read(), config, log);
    } catch (thrown) {
      const error = asError(thrown);
      const faults = error instanceof ConfigError ? { faults: error.faults } : { reason: error.message };
      log.error(faults, 'the configuration is refused; the one in force stays');
      return;
    }
    log.info('the configuration is taken when the work under way has ended');
    asked.abort();
  });
  return {
    get signal() {
      return asked.signal;
    },
    take: () => {
      const taken = next;
      next = undefined;
      asked = new AbortController();
      return taken;
    },
  };
}

/** The port is open and the database is in use: a restart changes them. */
function withWhatStays(read: Config, inForce: Config, log: Logger): Config {
  const changed = [
    ...(read.serve.host === inForce.serve.host ? [] : ['serve.host']),
    ...(read.serve.port === inForce.serve.port ? [] : ['serve.port']),
    ...(read.dataDir === inForce.dataDir ? [] : ['data']),
  ];
  if (changed.length > 0) log.warn({ keys: changed }, 'only a restart changes these; they stay as they are');
  const { host, port } = inForce.serve;
  return { ...read, dataDir: inForce.dataDir, serve: { ...read.serve, host, port } };
}
