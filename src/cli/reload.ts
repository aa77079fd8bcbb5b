import type { Config } from '../config/config.ts';
import { asError, ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Context } from './context.ts';

/** A configuration that is in force until another is asked for. */
export interface Reload {
  /** Aborts when there is a configuration to take. */
  readonly signal: AbortSignal;
  /** What to take then. */
  readonly next: () => Config | undefined;
}

/**
 * Waits for SIGHUP, which asks to read the configuration again. One with faults is refused: they are logged, and the one in
 * force stays. Everything is taken anew but what only a restart can change, which is named and stays as it is.
 */
export function awaitReload(
  context: Pick<Context, 'onHangUp'>,
  read: () => Config,
  inForce: Config,
  log: Logger,
): Reload {
  const asked = new AbortController();
  let next: Config | undefined;
  context.onHangUp(() => {
    try {
      next = withWhatStays(read(), inForce, log);
    } catch (thrown) {
      const error = asError(thrown);
      const faults = error instanceof ConfigError ? { faults: error.faults } : { reason: error.message };
      log.error(faults, 'the configuration is refused; the one in force stays');
      return;
    }
    log.info('the configuration is taken when the work under way has ended');
    asked.abort();
  });
  return { signal: asked.signal, next: () => next };
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
