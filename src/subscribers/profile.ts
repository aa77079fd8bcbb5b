import type { Profile, StoredSubscriber } from '../domain/subscriber.ts';

/** What a subscriber chose for all digests. */
export function profileOf(subscriber: StoredSubscriber): Profile {
  const { name, language, hour, pausedUntil, follows, muted } = subscriber;
  return {
    ...(name !== undefined && { name }),
    ...(language !== undefined && { language }),
    ...(hour && { hour }),
    ...(pausedUntil !== undefined && { pausedUntil }),
    follows,
    muted,
  };
}
