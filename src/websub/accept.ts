import type { Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { storeIntent, waitingIntents } from '../store/hub-messages.ts';
import { countSubscriptions, subscriptionOf } from '../store/hub-subscriptions.ts';
import { topicAt } from '../store/hub-topics.ts';
import { createRate, type RateLimits } from './rate.ts';
import { readRequest, type SubscriptionRequest } from './subscription-request.ts';

/** How much strangers may make the hub remember and do. */
export interface HubLimits {
  readonly subscriptions: number;
  /** At one host: a reader with many users has one callback for each feed. */
  readonly subscriptionsPerHost: number;
  /** Requests that wait for their question. */
  readonly waiting: number;
  readonly waitingPerHost: number;
  readonly rate: RateLimits;
}

export const hubLimits: HubLimits = {
  subscriptions: 10_000,
  subscriptionsPerHost: 1000,
  waiting: 1000,
  waitingPerHost: 200,
  rate: { all: 600, perHost: 200 },
};

/** What the hub says to a request, with a plain sentence where it says no. */
export type Acceptance =
  | { readonly state: 'accepted' }
  | {
      readonly state: 'refused';
      readonly status: 400 | 404 | 429 | 503;
      readonly sentence: string;
      readonly retryAfterSeconds?: number;
    };

/**
 * A function that takes the form of a subscriber's request: `accepted` once the question that verifies it is
 * stored for a worker (W3C WebSub section 5.2), and nothing stored where it is refused: malformed, a private
 * callback, a feed that is not ours, or too many of those who are not subscribed.
 */
export function createAcceptor(
  db: Database,
  allowedHosts: readonly string[],
  limits = hubLimits,
): (form: URLSearchParams, now: Instant) => Promise<Acceptance> {
  const isWithinRate = createRate(limits.rate);
  return async (form, now) => {
    const read = readRequest(form, allowedHosts);
    if ('fault' in read) return { state: 'refused', status: 400, sentence: read.fault };
    const { request } = read;
    if (!(await topicAt(db, request.topic))) {
      const sentence =
        'This hub has no feed at that hub.topic. Use the address that the feed gives as its own (rel="self").';
      return { state: 'refused', status: 404, sentence };
    }
    // Whoever is subscribed may always renew, and leave: one question at a time for each, so it is bounded too.
    if (!(await subscriptionOf(db, request, now))) {
      if (!isWithinRate(request.host, now))
        return tooMany('Too many requests in this minute; try again later.');
      const full = await fullness(db, request, limits);
      if (full) return full;
    }
    await storeIntent(db, request, errandOf(request), now);
    return { state: 'accepted' };
  };
}

function errandOf({ mode, leaseSeconds, secret }: SubscriptionRequest) {
  if (mode === 'unsubscribe') return { kind: mode } as const;
  return { kind: mode, leaseSeconds, ...(secret !== undefined && { secret }) } as const;
}

/** What there is no room for, of a request by somebody who is not subscribed. */
async function fullness(
  db: Database,
  request: SubscriptionRequest,
  limits: HubLimits,
): Promise<Acceptance | undefined> {
  const waiting = await waitingIntents(db, request.host);
  if (waiting.ofHost >= limits.waitingPerHost) {
    return tooMany(`Too many requests for ${request.host} wait to be verified; try again later.`);
  }
  if (waiting.all >= limits.waiting)
    return tooMany('Too many requests wait to be verified; try again later.');
  if (request.mode === 'unsubscribe') return undefined;
  const subscribed = await countSubscriptions(db, request.host);
  if (subscribed.ofHost >= limits.subscriptionsPerHost) {
    return tooMany(`${request.host} has as many subscriptions as this hub gives to one host.`);
  }
  if (subscribed.all >= limits.subscriptions) {
    const sentence = 'This hub has as many subscriptions as it can serve.';
    return { state: 'refused', status: 503, sentence, retryAfterSeconds: 3600 };
  }
  return undefined;
}

function tooMany(sentence: string): Acceptance {
  return { state: 'refused', status: 429, sentence, retryAfterSeconds: 60 };
}
