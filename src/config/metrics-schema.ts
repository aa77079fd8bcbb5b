import { valueAt, type Finding } from './faults.ts';
import type { SecretPlace } from './secret-place.ts';
import { block, environmentName, path } from './values.ts';

/** What can stand under `serve.metrics`. */
export const metrics = block({
  tokenEnv: environmentName('BROADSHEET_METRICS_TOKEN').optional(),
  tokenFile: path.optional(),
});

/** `metrics`, there only where it is configured. */
export interface MetricsConfig {
  /** Whoever has it may read the figures and the whole of `health`; at least 32 visible ASCII characters. */
  readonly secret: string;
}

const at = ['serve', 'metrics'];

/** Where the token is named. */
export function metricsSecretPlaces(value: unknown): readonly SecretPlace[] {
  const isNeeded = valueAt(value, at) !== undefined;
  return [{ block: at, key: 'token', what: 'metrics token', isNeeded, isHeader: true, leastCharacters: 32 }];
}

/** Metrics that nobody could read: their token is not named. */
export function metricsFindings(value: unknown): readonly Finding[] {
  const given = valueAt(value, at);
  if (typeof given !== 'object' || given === null) return [];
  if (['tokenEnv', 'tokenFile'].some((key) => valueAt(given, [key]) !== undefined)) return [];
  const message = 'expected tokenEnv or tokenFile to name the metrics token, got neither; add one';
  return [{ path: at, part: 'key', message }];
}
