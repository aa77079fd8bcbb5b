/** A token bucket a client. */
export interface ClientLimit {
  /** 0 when the request may be answered, which is counted; else the whole seconds after which one may. */
  take(client: string): number;
  /** Takes back what `take` counted, for an answer that cost nothing. */
  giveBack(client: string): void;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** So many buckets are kept, about 10 MB; beyond, the client longest unseen is forgotten. */
const mostClients = 50_000;
/** A feed reader fetches a feed two or three times within a second when it is added. */
const leastBurst = 10;

/**
 * At most `perMinute` requests a minute of each client, all of them at once if it likes: a full bucket holds a
 * minute's worth. 0 is no limit. `clock` gives milliseconds of a clock that never goes back.
 */
export function clientLimit(perMinute: number, clock: () => number = () => performance.now()): ClientLimit {
  const size = Math.max(leastBurst, perMinute);
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, Bucket>();

  function bucketOf(client: string): Bucket {
    const now = clock();
    const bucket = buckets.get(client) ?? { tokens: size, filledAt: now };
    bucket.tokens = Math.min(size, bucket.tokens + (now - bucket.filledAt) * perMs);
    bucket.filledAt = now;
    buckets.delete(client);
    buckets.set(client, bucket);
    if (buckets.size > mostClients) {
      for (const longestUnseen of buckets.keys()) {
        buckets.delete(longestUnseen);
        break;
      }
    }
    return bucket;
  }

  return {
    take: (client) => {
      if (perMinute === 0) return 0;
      const bucket = bucketOf(client);
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMs / 1000);
      bucket.tokens -= 1;
      return 0;
    },
    giveBack: (client) => {
      const bucket = buckets.get(client);
      if (bucket) bucket.tokens = Math.min(size, bucket.tokens + 1);
    },
  };
}
