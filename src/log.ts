import { destination, pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard error. Ids, never addresses or tokens, go into a record. */
export function createLogger(level: 'silent' | 'error' | 'warn' | 'info' | 'debug'): Logger {
  return pino({ level, base: null }, destination({ fd: 2, sync: true }));
}
