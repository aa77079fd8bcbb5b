import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../domain/digest.ts';
import type { ReadingHour, Subscriber } from '../domain/subscriber.ts';
import type { Topic } from '../domain/topic.ts';
import { checkSubscribers, readSubscriberFiles, type FileSubscriber, type RowFault } from './files.ts';

export type { RowFault };

export interface Audience {
  readonly subscribers: readonly Subscriber[];
  /** Rows that were not used, or only in part. */
  readonly faults: readonly RowFault[];
  /** False when a file could not be read whole: a no may stand in it, so that nobody can be written to. */
  readonly isComplete: boolean;
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
  const { subscribers, faults, isComplete } = await readSubscriberFiles(dir);
  return {
    subscribers: subscribers.map((reader) => subscriberOf(reader, digests)),
    faults: [...faults, ...checkSubscribers(subscribers, digests, topics)],
    isComplete,
  };
}

function subscriberOf(reader: FileSubscriber, digests: readonly Digest[]): Subscriber {
  const chosen = digests.filter((digest) => reader.digests?.includes(digest.key) ?? true);
  return {
    address: reader.address,
    ...(reader.name !== undefined && { name: reader.name }),
    ...(reader.hour !== undefined && { hour: hourOf(reader.hour, reader.zone) }),
    subscriptions: chosen.flatMap((digest) => {
      const cadence = reader.cadence && { cadence: reader.cadence };
      if (!reader.topics) return [{ digest: digest.key, state: reader.state, ...cadence }];
      const topics = digest.topics.filter((topic) => reader.topics?.includes(topic));
      return topics.length > 0 ? [{ digest: digest.key, topics, state: reader.state, ...cadence }] : [];
    }),
  };
}

function hourOf(clock: string, zone: string | undefined): ReadingHour {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { minuteOfDay: hours * 60 + minutes, ...(zone !== undefined && { zone }) };
}

/**
 * The audience as the files have it at each call: they are read again only when a name, size or time of
 * change differs, so that it can be asked before every mail. Who asks while they are read waits for it: a no may have
 * come in. While a file is broken the audience before holds.
 */
export function watchAudience(
  dir: string,
  digests: readonly Digest[],
  topics: readonly Topic[],
): () => Promise<Audience> {
  let seen: string | undefined;
  let audience: Promise<Audience> | undefined;

  async function readAgain(before: Promise<Audience> | undefined): Promise<Audience> {
    const read = await readAudience(dir, digests, topics);
    return read.isComplete ? read : ((await before) ?? read);
  }

  return async () => {
    const now = await changeMarks(dir);
    if (!audience || now !== seen) {
      seen = now;
      audience = readAgain(audience);
    }
    return audience;
  };
}

async function changeMarks(dir: string): Promise<string> {
  const names: readonly string[] = await readdir(dir).catch(() => []);
  const marks = names.toSorted().map(async (name) => {
    const file = await stat(join(dir, name)).catch(() => undefined);
    return `${name} ${file?.size ?? '-'} ${file?.mtimeMs ?? '-'}`;
  });
  return (await Promise.all(marks)).join('\n');
}
