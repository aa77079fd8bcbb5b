/**
 * The few errors that are named. Expected outcomes (a refused delivery, an unchanged listing) are
 * values, not errors. A message says what was expected, what came, and what to do.
 */

/** Wrong usage or configuration: exit code 2, nothing has been written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

export interface ConfigFault {
  readonly file: string;
  /** 1-based; 0 when the fault is about the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** Dotted path of the key, e.g. `digests.0.schedule`. */
  readonly path: string;
  readonly message: string;
}

/** Every fault of the configuration, all at once: exit code 2, nothing has been written. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(
      faults
        .map(
          (fault) =>
            `${fault.file}${fault.line === 0 ? ':' : `:${fault.line}:${fault.column}`} ${fault.path ? `${fault.path}: ` : ''}${fault.message}`,
        )
        .join('\n'),
    );
    this.faults = faults;
  }
}

export type SourceErrorCode =
  | 'unreachable' // no answer: refused, name not found, connection lost
  | 'timeout'
  | 'status' // an HTTP status that is neither 2xx nor 304
  | 'too-large'
  | 'not-recognised' // an answer in another format, e.g. an HTML error page
  | 'malformed' // the right format, but cut off or broken
  | 'reported' // the source itself reported an error inside a well-formed answer
  | 'private-address' // refused by us: the address is private and not named in the configuration
  | 'clock'; // its time and that of this machine are days apart: dates of what is read cannot be trusted

/** One source could not be read. The others go on. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The stored data and this program do not fit, e.g. a schema newer than the program. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'STORE';
}

/** A renderer refused to write an invalid document; `field` names what was wrong. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly code = 'RENDER';
  readonly field: string;

  constructor(field: string, message: string, options?: ErrorOptions) {
    super(`${field}: ${message}`, options);
    this.field = field;
  }
}

/** Anything thrown as an `Error`, the original kept as `cause`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
