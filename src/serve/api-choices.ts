import type { Digest } from '../domain/digest.ts';
import { plainLine } from '../domain/paper.ts';
import {
  cadences,
  type Follows,
  type Profile,
  type StoredSubscriber,
  type StoredSubscription,
} from '../domain/subscriber.ts';
import { formatInstant } from '../domain/time.ts';
import { show, suggestion } from '../config/faults.ts';
import { pointerOf, type ProblemPart } from './api-answer.ts';
import type { ApiSubscriber, Choices } from './api-subscriber-schema.ts';

type Digests = readonly Pick<Digest, 'key' | 'topics'>[];

/** A subscription as it should be. */
export type WantedSubscription = Pick<StoredSubscription, 'digest' | 'state' | 'topics' | 'cadence'>;

/** A subscriber as the API shows them, without digests and topics that are not configured any more. */
export function shownSubscriber(
  subscriber: StoredSubscriber,
  noMailOf: readonly string[],
  digests: Digests,
): ApiSubscriber {
  const { address, origin, createdAt, changedAt, changedBy, subscriptions } = subscriber;
  return {
    address,
    choices: shownChoices(subscriber, digests),
    noMailOf: [...noMailOf],
    origin,
    createdAt: formatInstant(createdAt),
    changedAt: formatInstant(Math.max(changedAt, ...subscriptions.map((one) => one.changedAt))),
    changedBy,
  };
}

function shownChoices({ follows, muted, ...subscriber }: StoredSubscriber, digests: Digests): Choices {
  const { name, language, hour, pausedUntil } = subscriber;
  const { authors, labs, words } = follows;
  return {
    ...(name !== undefined && { name }),
    ...(language !== undefined && { language }),
    ...(hour && {
      hour: { time: timeOf(hour.minuteOfDay), ...(hour.zone !== undefined && { zone: hour.zone }) },
    }),
    ...(pausedUntil !== undefined && { pausedUntil }),
    ...([authors, labs, words].some((list) => list.length > 0) && {
      follows: { authors: [...authors], labs: [...labs], words: [...words] },
    }),
    ...(muted.length > 0 && { muted: [...muted] }),
    subscriptions: subscriber.subscriptions
      .filter(({ digest }) => digests.some(({ key }) => key === digest))
      .map(({ digest, state, topics, cadence }) => {
        const own = ownTopics(topics, digest, digests);
        // A choice of which nothing is left is no choice of everything: it is shown as it stands.
        const chosen = own?.length === 0 ? topics : own;
        return { digest, state, ...(chosen && { topics: [...chosen] }), cadence };
      }),
  };
}

/** The topics that the digest still has, in its order; undefined where they are all of them. */
export function ownTopics(
  topics: readonly string[] | undefined,
  digest: string,
  digests: Digests,
): readonly string[] | undefined {
  const all = digests.find(({ key }) => key === digest)?.topics ?? [];
  const own = all.filter((topic) => topics?.includes(topic) ?? true);
  return own.length < all.length ? own : undefined;
}

/** What choices mean for all digests. */
export function profileOfChoices(choices: Choices): Profile {
  const { name, language, hour, pausedUntil, follows, muted } = choices;
  const [hours = 0, minutes = 0] = (hour?.time ?? '').split(':').map(Number);
  const followed: Follows = {
    authors: lines(follows?.authors),
    labs: lines(follows?.labs),
    words: lines(follows?.words),
  };
  return {
    ...(name !== undefined && { name: plainLine(name) }),
    ...(language !== undefined && { language }),
    ...(hour && {
      hour: { minuteOfDay: hours * 60 + minutes, ...(hour.zone !== undefined && { zone: hour.zone }) },
    }),
    ...(pausedUntil !== undefined && { pausedUntil }),
    follows: followed,
    muted: lines(muted),
  };
}

/** The subscriptions of choices, topics in the digest's order; all topics of a digest are no choice of topics. */
export function wantedSubscriptions(choices: Choices, digests: Digests): readonly WantedSubscription[] {
  return choices.subscriptions.map(({ digest, state, topics, cadence }) => {
    const own = ownTopics(topics, digest, digests);
    return { digest, state, cadence: cadence ?? cadences[0], ...(own && { topics: own }) };
  });
}

/** What the shape of choices cannot tell: digests and topics that do not exist, and digests that stand twice. */
export function choiceFaults({ subscriptions }: Choices, digests: Digests): readonly ProblemPart[] {
  const seen = new Set<string>();
  return subscriptions.flatMap(({ digest, topics = [] }, index): readonly ProblemPart[] => {
    const at = ['subscriptions', index];
    const known = digests.find(({ key }) => key === digest);
    const fault = (path: readonly PropertyKey[], detail: string): ProblemPart => ({
      pointer: pointerOf([...at, ...path]),
      detail,
    });
    if (!known) {
      const keys = digests.map(({ key }) => key);
      return [fault(['digest'], `expected a digest, got ${show(digest)}; ${suggestion(digest, keys)}`)];
    }
    if (seen.has(digest)) return [fault(['digest'], `the digest ${show(digest)} stands twice; remove one`)];
    seen.add(digest);
    return topics.flatMap((topic, place): readonly ProblemPart[] => {
      if (known.topics.includes(topic)) return [];
      const hint = suggestion(topic, known.topics);
      return [fault(['topics', place], `expected a topic of ${digest}, got ${show(topic)}; ${hint}`)];
    });
  });
}

/** `07:30` */
function timeOf(minuteOfDay: number): string {
  const [hours, minutes] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
  return [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
}

function lines(texts: readonly string[] = []): readonly string[] {
  return [...new Set(texts.map(plainLine))];
}
