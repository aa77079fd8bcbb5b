import { z } from 'zod';
import { valueAt, type Finding } from './faults.ts';
import type { SecretPlace } from './secret-place.ts';
import { address, block, environmentName, host, list, path, whole } from './values.ts';

const share = (what: string) => z.number({ error: what }).min(0, { error: what }).max(100, { error: what });
const percent = share('a share in percent from 0 to 100');

/** What can stand under `alarms`: who is told of troubles, and from where on one is a trouble. */
export const alarms = block({
  mail: address.optional(),
  webhook: block({
    urlEnv: environmentName('BROADSHEET_ALARM_URL').optional(),
    urlFile: path.optional(),
    allowHosts: list(host, 'a list of host names such as [chat.internal]').default([]),
  }).optional(),
  sourceHours: whole(1, 1000, 'a whole number of hours').default(36),
  lateMinutes: whole(0, 10_000, 'a whole number of minutes').default(60),
  waitingMinutes: whole(1, 10_000, 'a whole number of minutes').default(180),
  bouncesPercent: percent.default(5),
  refusalsPercent: percent.default(10),
  complaintsPercent: percent.default(0.3),
  leastMails: whole(1, 1_000_000, 'a whole number of mails').default(50),
  freeDiskPercent: percent.default(5),
  freeDiskMegabytes: whole(0, 10_000_000, 'a whole number of megabytes').default(1000),
  lastingMinutes: whole(0, 1440, 'a whole number of minutes').default(10),
});

type AlarmsBlock = z.output<typeof alarms>;

/** Who is told of troubles, and what a trouble is. The bounds hold for `health` too. */
export interface AlarmsConfig extends Readonly<Omit<AlarmsBlock, 'mail' | 'webhook'>> {
  readonly mail?: string;
  readonly webhook?: {
    /** Absolute, http(s); often it holds a secret. */
    readonly url: string;
    /** Hosts that may have private addresses. */
    readonly allowHosts: readonly string[];
  };
}

const at = ['alarms', 'webhook'];

/** Where the address of the webhook is named: whoever knows it may write there. */
export function alarmSecretPlaces(value: unknown): readonly SecretPlace[] {
  const isNeeded = valueAt(value, at) !== undefined;
  return [{ block: at, key: 'url', what: 'address of the webhook', isNeeded, isHeader: true }];
}

/** A webhook without an address, and alarms that nobody would hear. */
export function alarmFindings(value: unknown): readonly Finding[] {
  const given = valueAt(value, at);
  if (typeof given !== 'object' || given === null) return [];
  if (['urlEnv', 'urlFile'].some((key) => valueAt(given, [key]) !== undefined)) return [];
  const message = 'expected urlEnv or urlFile to name the address of the webhook, got neither; add one';
  return [{ path: at, part: 'key', message }];
}

/** A webhook whose secret is no address; the secret itself is not quoted. */
export function alarmUrlFindings(secrets: ReadonlyMap<string, string>): readonly Finding[] {
  const url = secrets.get(at.join('.'));
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return [];
  const message =
    'expected urlEnv or urlFile to hold an absolute http or https address, got something else; write it again';
  return [{ path: at, part: 'key', message }];
}

/** `alarms` with the address of the webhook in place of its name. */
export function alarmsOf(
  { mail, webhook, ...bounds }: AlarmsBlock,
  secrets: ReadonlyMap<string, string>,
): AlarmsConfig {
  const url = secrets.get(at.join('.'));
  return {
    ...bounds,
    ...(mail !== undefined && { mail }),
    ...(webhook && url !== undefined && { webhook: { url, allowHosts: webhook.allowHosts } }),
  };
}
