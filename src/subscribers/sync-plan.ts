import {
  noFollows,
  type Cadence,
  type Profile,
  type ReadingHour,
  type StoredSubscriber,
  type StoredSubscription,
  type Subscriber,
  type Subscription,
} from '../domain/subscriber.ts';
import type { NewSubscriber } from '../store/subscribers.ts';
import { profileOf } from './profile.ts';

/** What the files would change in the store, and what they would not although they say so. */
export interface SyncPlan {
  readonly add: readonly NewSubscriber[];
  readonly change: readonly Change[];
  /** Rows that the store keeps as it is, and why. */
  readonly kept: readonly Kept[];
  readonly unchanged: number;
}

export interface Change {
  readonly subscriber: StoredSubscriber;
  /** Undefined where it stays. */
  readonly profile?: Profile;
  readonly subscriptions: readonly SubscriptionChange[];
}

export interface SubscriptionChange {
  readonly digest: string;
  readonly state: Subscription['state'];
  readonly topics?: readonly string[];
  readonly cadence: Cadence;
  /** For the plan: `subscribes to`, `leaves` or `other topics of`. */
  readonly what: 'subscribes' | 'leaves' | 'chooses';
}

export interface Kept {
  readonly address: string;
  readonly digest: string;
  readonly why: 'left by themselves' | 'chose by themselves' | 'was erased';
}

export interface FileReader {
  readonly reader: Subscriber;
  readonly addressHash: string;
}

/**
 * What it takes to make the store say what the files say: pure.
 *
 * A reader's own word stands: who left stays away, and what they chose themselves stays chosen, whatever a file says.
 * The other way round a file can always end a subscription. Who came by the files and is in them no more gets no more
 * mail. An address that was erased does not come back. `stored` has the subscribers of the files' addresses and all
 * whose origin is a file.
 */
export function planSync(
  readers: readonly FileReader[],
  stored: readonly StoredSubscriber[],
  erased: ReadonlySet<string>,
): SyncPlan {
  const byHash = new Map(stored.map((subscriber) => [subscriber.addressHash, subscriber]));
  const named = new Set(readers.map(({ addressHash }) => addressHash));
  const add: NewSubscriber[] = [];
  const change: Change[] = [];
  const kept: Kept[] = [];
  let unchanged = 0;

  const consider = (made: Change): void => {
    if (made.profile !== undefined || made.subscriptions.length > 0) change.push(made);
    else unchanged += 1;
  };
  for (const { reader, addressHash } of readers) {
    if (erased.has(addressHash)) {
      kept.push({ address: reader.address, digest: '*', why: 'was erased' });
      continue;
    }
    const subscriber = byHash.get(addressHash);
    if (!subscriber) {
      add.push(newSubscriber(reader, addressHash));
      continue;
    }
    consider({
      subscriber,
      ...profileChange(subscriber, reader),
      subscriptions: [
        ...reader.subscriptions.flatMap((wanted) => {
          const { change: one, kept: why } = subscriptionChange(subscriber, wanted);
          if (why !== undefined) kept.push({ address: reader.address, digest: wanted.digest, why });
          return one ?? [];
        }),
        ...endsOf(subscriber, new Set(reader.subscriptions.map(({ digest }) => digest))),
      ],
    });
  }
  for (const subscriber of stored) {
    if (subscriber.origin !== 'file' || named.has(subscriber.addressHash)) continue;
    consider({ subscriber, subscriptions: endsOf(subscriber, new Set()) });
  }
  return { add, change, kept, unchanged };
}

function newSubscriber(reader: Subscriber, addressHash: string): NewSubscriber {
  return {
    address: reader.address,
    addressHash,
    origin: 'file',
    by: 'file',
    ...(reader.name !== undefined && { name: reader.name }),
    ...(reader.hour && { hour: reader.hour }),
    follows: noFollows,
    muted: [],
    subscriptions: reader.subscriptions.map(({ digest, state, topics, cadence = 'every' }) => ({
      digest,
      state,
      ...(topics && { topics }),
      cadence,
    })),
  };
}

/** The name and hour of the file, unless the reader chose theirs or did not come by a file. */
function profileChange(subscriber: StoredSubscriber, reader: Subscriber): { readonly profile?: Profile } {
  if (subscriber.origin !== 'file' || subscriber.changedBy !== 'file') return {};
  if (subscriber.name === reader.name && isSameHour(subscriber.hour, reader.hour)) return {};
  const { name: _name, hour: _hour, ...rest } = profileOf(subscriber);
  return {
    profile: {
      ...rest,
      ...(reader.name !== undefined && { name: reader.name }),
      ...(reader.hour && { hour: reader.hour }),
    },
  };
}

function isSameHour(one: ReadingHour | undefined, other: ReadingHour | undefined): boolean {
  return one?.minuteOfDay === other?.minuteOfDay && one?.zone === other?.zone;
}

function subscriptionChange(
  subscriber: StoredSubscriber,
  wanted: Subscription,
): { readonly change?: SubscriptionChange; readonly kept?: Kept['why'] } {
  const stored = subscriber.subscriptions.find(({ digest }) => digest === wanted.digest);
  const { digest, state, topics } = wanted;
  // A file that says nothing of it means every edition, but only where it was a file that chose otherwise.
  const kept = stored && stored.changedBy !== 'file' ? stored.cadence : 'every';
  const cadence = wanted.cadence ?? kept;
  const change = { digest, state, ...(topics && { topics }), cadence };
  if (!stored) return { change: { ...change, what: state === 'unsubscribed' ? 'leaves' : 'subscribes' } };
  if (state === 'unsubscribed')
    return stored.state === state ? {} : { change: { ...change, what: 'leaves' } };
  if (stored.changedBy === 'reader') {
    if (stored.state === 'unsubscribed') return { kept: 'left by themselves' };
    if (stored.state === 'confirmed')
      return isSameTopics(stored, wanted) && (wanted.cadence ?? stored.cadence) === stored.cadence
        ? {}
        : { kept: 'chose by themselves' };
  }
  if (stored.state !== state) return { change: { ...change, what: 'subscribes' } };
  const isSame = isSameTopics(stored, wanted) && stored.cadence === cadence;
  return isSame ? {} : { change: { ...change, what: 'chooses' } };
}

function isSameTopics(one: Subscription, other: Subscription): boolean {
  return JSON.stringify(one.topics) === JSON.stringify(other.topics);
}

/** Subscriptions that a file gave and that no file gives any more. */
function endsOf(subscriber: StoredSubscriber, named: ReadonlySet<string>): readonly SubscriptionChange[] {
  const isEnded = (one: StoredSubscription): boolean =>
    one.changedBy === 'file' && one.state !== 'unsubscribed' && !named.has(one.digest);
  return subscriber.subscriptions.filter(isEnded).map(({ digest, topics, cadence }) => ({
    digest,
    state: 'unsubscribed',
    ...(topics && { topics }),
    cadence,
    what: 'leaves',
  }));
}
