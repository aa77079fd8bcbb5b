import { spawn } from 'node:child_process';
import { secondMs } from '../domain/time.ts';

/**
 * Tells systemd how the service stands (sd_notify(3), `Type=notify`): Node.js has no datagram sockets of Unix, and the
 * packages for it need a native build, so `systemd-notify` says it, which comes with systemd; the unit needs
 * `NotifyAccess=all`. Does nothing where no service manager asks. Close it with `using`.
 */
export interface ServiceManager extends Disposable {
  /** The site answers; from now on the watchdog is told in half its time, as long as the event loop turns. */
  ready(): void;
  /** Another configuration is being taken; `ready` ends it. */
  reloading(): void;
  /** The end has begun. */
  stopping(): void;
}

/** `onFault` hears once why it could not be told. */
export function openServiceManager(
  environment: NodeJS.ProcessEnv,
  onFault: (reason: string) => void,
): ServiceManager {
  if (!environment['NOTIFY_SOCKET']) {
    return { ready: nothing, reloading: nothing, stopping: nothing, [Symbol.dispose]: nothing };
  }
  const everyMs = watchdogMs(environment) / 2;
  let watchdog: NodeJS.Timeout | undefined;
  let isFaultTold = false;
  const fault = (reason: string): void => {
    if (!isFaultTold) onFault(reason);
    isFaultTold = true;
  };
  const told = (state: string): Promise<void> =>
    new Promise((resolve) => {
      const child = spawn('systemd-notify', [state], { env: environment, stdio: 'ignore' });
      child.on('error', (error) => resolve(fault(error.message)));
      child.on('exit', (code) => {
        if (code !== 0) fault(`systemd-notify ended with ${code ?? 'a signal'}`);
        resolve();
      });
    });
  // One after another: of two at once the first could be heard last.
  let last = Promise.resolve();
  const say = (state: string): void => {
    last = last.then(() => told(state));
  };
  return {
    ready: () => {
      say('READY=1');
      if (Number.isFinite(everyMs)) watchdog ??= setInterval(() => say('WATCHDOG=1'), everyMs).unref();
    },
    reloading: () => say('RELOADING=1'),
    stopping: () => say('STOPPING=1'),
    [Symbol.dispose]: () => clearInterval(watchdog),
  };
}

function nothing(): void {}

/** Infinity where this process is not watched (sd_watchdog_enabled(3)). */
function watchdogMs({ WATCHDOG_USEC: microseconds, WATCHDOG_PID: pid }: NodeJS.ProcessEnv): number {
  const isOurs = pid === undefined || pid === '' || Number(pid) === process.pid;
  const ms = (Number(microseconds) / 1_000_000) * secondMs;
  return isOurs && ms > 0 ? ms : Infinity;
}
