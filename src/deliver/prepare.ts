import { nextMinuteOfDay } from '../domain/local-time.ts';
import { domainOf } from '../domain/mail-domain.ts';
import { editionFor, editionPicks, type Edition } from '../domain/edition.ts';
import type { ReadingHour, Subscriber, Subscription } from '../domain/subscriber.ts';
import type { Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import { insertDeliveries, type NewDelivery } from '../store/deliveries.ts';
import { suppressedHashes } from '../store/suppressions.ts';

/** Names for readers and messages that only this installation can make. */
export interface ReaderKeys {
  addressHash(address: string): string;
  messageKey(edition: Pick<Edition, 'digest' | 'editionDate'>, addressHash: string): string;
}

export interface Preparation {
  readonly db: Database;
  readonly editionId: number;
  readonly edition: Edition;
  readonly subscribers: readonly Subscriber[];
  readonly tokens: ReaderKeys;
  /** The address the mail comes from; its domain stands in the Message-IDs. */
  readonly fromAddress: string;
  readonly now: Instant;
}

/** Every address that has anything to do with the digest is in exactly one of them. */
export interface PreparedAudience {
  readonly prepared: number;
  readonly alreadyThere: number;
  readonly leftOut: {
    readonly suppressed: number;
    readonly unsubscribed: number;
    /** Pending: they have not said yes yet. */
    readonly unconfirmed: number;
    /** None of the reader's topics has anything in this edition. */
    readonly nothingForThem: number;
  };
}

/**
 * Freezes who gets the edition: one row an address, with the name, topics and hour of this moment, all or
 * nothing. Called again it adds only addresses that were not there; a row never changes. Of two entries for
 * one address the one that said no wins.
 */
export async function prepareDeliveries(preparation: Preparation): Promise<PreparedAudience> {
  const { db, editionId, edition, subscribers, tokens, fromAddress, now } = preparation;
  const suppressed = await suppressedHashes(db, edition.digest);
  const readers = readersOf(subscribers, edition.digest, (address) => tokens.addressHash(address));
  const leftOut = { suppressed: 0, unsubscribed: 0, unconfirmed: 0, nothingForThem: 0 };
  const audience: NewDelivery[] = [];
  const dueAt = hours(edition);
  for (const [addressHash, { subscriber, subscription }] of readers) {
    if (suppressed.has(addressHash)) leftOut.suppressed += 1;
    else if (subscription.state === 'unsubscribed') leftOut.unsubscribed += 1;
    else if (subscription.state === 'pending') leftOut.unconfirmed += 1;
    else if (!hasSomethingFor(edition, subscription.topics)) leftOut.nothingForThem += 1;
    else {
      audience.push({
        digest: edition.digest,
        address: subscriber.address.trim(),
        addressHash,
        ...(subscriber.name !== undefined && { name: subscriber.name }),
        ...(subscription.topics && { topics: subscription.topics }),
        ...(subscriber.hour && { dueAt: dueAt(subscriber.hour) }),
        messageId: `<${tokens.messageKey(edition, addressHash)}@${domainOf(fromAddress)}>`,
      });
    }
  }
  // Readers of the same topics stand together, so that their mail is rendered once.
  const inOrder = audience.toSorted((a, b) => compareText(topicsKey(a), topicsKey(b)));
  const prepared = await insertDeliveries(db, editionId, inOrder, now);
  return { prepared, alreadyThere: audience.length - prepared, leftOut };
}

/** When a reader's hour comes after the edition; the same hour is worked out once. */
function hours({ publishedAt, zone: digestZone }: Edition): (hour: ReadingHour) => Instant {
  const known = new Map<string, Instant>();
  return ({ minuteOfDay, zone = digestZone }) => {
    const name = `${minuteOfDay} ${zone}`;
    const at = known.get(name) ?? nextMinuteOfDay(publishedAt, zone, minuteOfDay);
    known.set(name, at);
    return at;
  };
}

const topicsKey = ({ topics }: NewDelivery): string => topics?.join(' ') ?? '';

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Reader {
  readonly subscriber: Subscriber;
  readonly subscription: Subscription;
}

/** One reader an address hash: a no counts more than a yes, a yes more than silence, else the first. */
function readersOf(
  subscribers: readonly Subscriber[],
  digest: string,
  hashOf: (address: string) => string,
): ReadonlyMap<string, Reader> {
  const readers = new Map<string, Reader>();
  for (const subscriber of subscribers) {
    for (const subscription of subscriber.subscriptions) {
      if (subscription.digest !== digest) continue;
      const hash = hashOf(subscriber.address);
      const known = readers.get(hash);
      if (!known || weights[subscription.state] > weights[known.subscription.state]) {
        readers.set(hash, { subscriber, subscription });
      }
    }
  }
  return readers;
}

const weights: Readonly<Record<Subscription['state'], number>> = {
  pending: 0,
  confirmed: 1,
  unsubscribed: 2,
};

/** Picks outside a reader's own topics are no reason for a mail by themselves. */
function hasSomethingFor(edition: Edition, topics: readonly string[] | undefined): boolean {
  if (!topics) return editionPicks(edition).length > 0;
  return editionFor(edition, topics).sections.length > 0;
}
