import type { Digest } from '../domain/digest.ts';
import type { Subscriber } from '../domain/subscriber.ts';
import type { Topic } from '../domain/topic.ts';
import { checkSubscribers, readSubscriberFiles, type FileSubscriber, type RowFault } from './files.ts';

export type { RowFault };

export interface Audience {
  readonly subscribers: readonly Subscriber[];
  /** Rows that were not used, or only in part. */
  readonly faults: readonly RowFault[];
}

/**
 * The readers that the operator's files name, with a subscription for each digest they chose. Topics and
 * digests that the configuration does not know are faults and left out; a reader who chose topics and is
 * left with none of them has no subscription: better no mail than one they did not ask for.
 */
export async function readAudience(
  dir: string,
  digests: readonly Digest[],
  topics: readonly Topic[],
): Promise<Audience> {
  const { subscribers, faults } = await readSubscriberFiles(dir);
  return {
    subscribers: subscribers.map((reader) => subscriberOf(reader, digests)),
    faults: [...faults, ...checkSubscribers(subscribers, digests, topics)],
  };
}

function subscriberOf(reader: FileSubscriber, digests: readonly Digest[]): Subscriber {
  const chosen = digests.filter((digest) => reader.digests?.includes(digest.key) ?? true);
  return {
    address: reader.address,
    ...(reader.name !== undefined && { name: reader.name }),
    subscriptions: chosen.flatMap((digest) => {
      if (!reader.topics) return [{ digest: digest.key, state: reader.state }];
      const topics = digest.topics.filter((topic) => reader.topics?.includes(topic));
      return topics.length > 0 ? [{ digest: digest.key, topics, state: reader.state }] : [];
    }),
  };
}
