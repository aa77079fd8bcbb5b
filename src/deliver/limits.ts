import type { MailLimitsConfig } from '../config/mail-config.ts';
import { dayMs, type Instant } from '../domain/time.ts';
import type { Limit } from './allowance.ts';
import type { Limits } from './throttle.ts';

/**
 * The limits of this moment. `relay` is the name of the transport, which the whole of `mail.limits` is about; its day
 * limit is the lower one of the configured and that of the warm-up, which counts days in UTC as the throttle does. So
 * they are to be asked for again each day.
 */
export function limitsOf(config: MailLimitsConfig | undefined, relay: string, now: Instant): Limits {
  if (!config) return { relays: {}, domains: {}, digests: {} };
  const { perMinute, perDay, warmUp, domains, digests } = config;
  const today = Math.min(perDay ?? Infinity, warmUp ? warmUpToday(warmUp, now) : Infinity);
  const whole: Limit = {
    ...(perMinute !== undefined && { perMinute }),
    ...(today !== Infinity && { perDay: today }),
  };
  return { relays: { [relay]: whole }, domains, digests };
}

/** Before the first day as on it; after the last one there is no limit any more. */
function warmUpToday({ from, perDay }: NonNullable<MailLimitsConfig['warmUp']>, now: Instant): number {
  const day = Math.max(0, Math.floor((now - Date.parse(`${from}T00:00:00Z`)) / dayMs));
  return perDay[day] ?? Infinity;
}
