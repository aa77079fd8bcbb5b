import type { z } from 'zod';
import { valueAt, type Finding } from './faults.ts';
import type { MetricsConfig } from './metrics-schema.ts';
import type { SecretPlace } from './secret-place.ts';
import { block, environmentName, path } from './values.ts';

/** What can stand under `serve.api`. */
export const api = block({
  tokenEnv: environmentName('BROADSHEET_API_TOKEN').optional(),
  tokenFile: path.optional(),
});

/** The HTTP API, there only where it is configured. */
export interface ApiConfig {
  /** The token: whoever has it may do everything; at least 32 visible ASCII characters. */
  readonly secret: string;
}

const at = ['serve', 'api'];

/** Where the token is named. */
export function apiSecretPlaces(value: unknown): readonly SecretPlace[] {
  const isNeeded = valueAt(value, at) !== undefined;
  return [{ block: at, key: 'token', what: 'API token', isNeeded, isHeader: true, leastCharacters: 32 }];
}

/** An API that nobody could use: its token is not named. */
export function apiFindings(value: unknown): readonly Finding[] {
  const given = valueAt(value, at);
  if (typeof given !== 'object' || given === null) return [];
  if (['tokenEnv', 'tokenFile'].some((key) => valueAt(given, [key]) !== undefined)) return [];
  const message = 'expected tokenEnv or tokenFile to name the API token, got neither; add one';
  return [{ path: at, part: 'key', message }];
}

/** `serve` with its tokens in place of their names. */
export function serveOf<
  Serve extends { readonly api?: z.output<typeof api> | undefined; readonly metrics?: object | undefined },
>(
  serve: Serve,
  secrets: ReadonlyMap<string, string>,
): Omit<Serve, 'api' | 'metrics'> & { readonly api?: ApiConfig; readonly metrics?: MetricsConfig } {
  const { api: _, metrics: _metrics, ...others } = serve;
  const secret = secrets.get(at.join('.'));
  const metricsSecret = secrets.get('serve.metrics');
  return {
    ...others,
    ...(secret !== undefined && { api: { secret } }),
    ...(metricsSecret !== undefined && { metrics: { secret: metricsSecret } }),
  };
}
