import { setImmediate as afterOthers } from 'node:timers/promises';
import { carriedWith, coversFor, type Carried, type Covers } from '../domain/covers.ts';
import type { Edition } from '../domain/edition.ts';
import type { ShownEdition } from '../domain/edition-span.ts';
import { nextMinuteOfDay } from '../domain/local-time.ts';
import { domainOf } from '../domain/mail-domain.ts';
import { isWeekend, type Instant } from '../domain/time.ts';
import { hasSomethingFor } from '../domain/wish.ts';
import { audienceBlock, editionsBefore, type AudienceReader } from '../store/audience.ts';
import { addBlock, closeAudience, openAudience, type AudienceBlock } from '../store/audience-freeze.ts';
import type { Database } from '../store/database.ts';
import type { NewDelivery } from '../store/delivery-insert.ts';

/** Names for messages that only this installation can make. */
export interface MessageKeys {
  messageKey(edition: Pick<Edition, 'digest' | 'editionDate'>, addressHash: string): string;
}

export interface Preparation {
  readonly db: Database;
  readonly editionId: number;
  readonly edition: Edition;
  /** Several editions of its digest put together. */
  readonly combined: (covers: Covers) => Promise<ShownEdition>;
  readonly tokens: MessageKeys;
  /** The address the mail comes from; its domain stands in the Message-IDs. */
  readonly fromAddress: string;
  readonly now: Instant;
  /** Once aborted no further block is begun; the next call goes on. */
  readonly signal?: AbortSignal;
}

/** Every address that has a subscription to the digest is in exactly one of them. */
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
    /** In a pause, or their mail comes on other days. */
    readonly notNow: number;
  };
}

/** What became of a preparation; `stopped` when the signal ended it half-way. */
export type Prepared =
  | { readonly state: 'prepared'; readonly audience: PreparedAudience }
  | { readonly state: 'whole already' | 'stopped' };

/** Readers looked at in one go: a tenth of a second, so that other writers and requests do not wait for longer. */
const blockSize = 5_000;

/**
 * Freezes who gets the edition: one row an address, with the name, topics, hour and wish of this moment, and with what
 * the mail covers for readers of weeks and months. Block by block, see `store/audience-freeze.ts`: after a crash the next
 * call goes on, nobody is lost or there twice, and nothing can be sent before the last block is in. An
 * audience that is whole stays as it is: whoever joins later gets the next edition.
 */
export async function prepareDeliveries(preparation: Preparation): Promise<Prepared> {
  const { db, editionId, edition, now, signal } = preparation;
  const carried = carriedWith(edition.editionDate, await editionsBefore(db, edition));
  const decide = decider(preparation, carried);
  let open = await openAudience(db, editionId, now);
  while (open) {
    if (signal?.aborted) return { state: 'stopped' };
    const readers = await audienceBlock(db, {
      digest: edition.digest,
      carried,
      cursor: open.cursor,
      limit: blockSize,
    });
    const last = readers.at(-1);
    if (last) {
      const block = await blockOf(readers, last.addressHash, decide);
      const added = await addBlock(db, editionId, open, block);
      open = added ?? (await openAudience(db, editionId, now));
      if (!added) continue;
    }
    if (open && readers.length < blockSize) {
      await closeAudience(db, editionId, now);
      const { prepared, alreadyThere, ...leftOut } = open.counts;
      return { state: 'prepared', audience: { prepared, alreadyThere, leftOut } };
    }
    await afterOthers();
  }
  return { state: 'whole already' };
}

type LeftOut = keyof AudienceBlock['leftOut'];

async function blockOf(
  readers: readonly AudienceReader[],
  cursor: string,
  decide: (reader: AudienceReader) => NewDelivery | LeftOut | Promise<NewDelivery | LeftOut>,
): Promise<AudienceBlock> {
  const leftOut = { suppressed: 0, unsubscribed: 0, unconfirmed: 0, nothingForThem: 0, notNow: 0 };
  const byTopics = new Map<readonly string[] | undefined, NewDelivery[]>();
  for (const reader of readers) {
    const decided = decide(reader);
    const made = decided instanceof Promise ? await decided : decided;
    if (typeof made === 'string') leftOut[made] += 1;
    else {
      const group = byTopics.get(made.topics);
      if (group) group.push(made);
      else byTopics.set(made.topics, [made]);
    }
  }
  // Readers of the same topics stand together, so that their mail is rendered once.
  return { deliveries: [...byTopics.values()].flat(), leftOut, cursor };
}

/** What becomes of a reader. A promise only the first time that a period is asked about. */
function decider(
  { edition, combined, tokens, fromAddress }: Preparation,
  carried: Carried,
): (reader: AudienceReader) => NewDelivery | LeftOut | Promise<NewDelivery | LeftOut> {
  const domain = domainOf(fromAddress);
  const dueAt = hours(edition);
  const isWeekendEdition = isWeekend(edition.editionDate);
  const shown = new Map<string, { readonly has: ReturnType<typeof somethingIn>; readonly covers?: Covers }>();
  shown.set('', { has: somethingIn(edition) });

  return (reader) => {
    if (reader.isSuppressed) return 'suppressed';
    if (reader.state === 'unsubscribed') return 'unsubscribed';
    if (reader.state !== 'confirmed') return 'unconfirmed';
    const { cadence, hadTo, pausedUntil } = reader;
    if (pausedUntil !== undefined && pausedUntil > edition.editionDate) return 'notNow';
    if (isWeekendEdition && cadence === 'weekdays') return 'notNow';
    const covers = coversFor(cadence, carried, hadTo, pausedUntil);
    if (covers === 'nothing') return 'notNow';
    const name = covers === 'alone' ? '' : `${covers.fromDate} ${covers.toDate}`;
    const known = shown.get(name);
    if (known) return row(reader, known);
    if (covers === 'alone') return 'notNow';
    return combined(covers).then((several) => {
      const made = { has: somethingIn(several), covers };
      shown.set(name, made);
      return row(reader, made);
    });
  };

  function row(
    reader: AudienceReader,
    { has, covers }: { readonly has: ReturnType<typeof somethingIn>; readonly covers?: Covers },
  ): NewDelivery | LeftOut {
    const { address, addressHash, topics, wish, minuteOfDay } = reader;
    if (!has(reader)) return 'nothingForThem';
    return {
      digest: edition.digest,
      address,
      addressHash,
      ...(reader.name !== undefined && { name: reader.name }),
      ...(topics && { topics }),
      ...(minuteOfDay !== undefined && { dueAt: dueAt(minuteOfDay, reader.zone) }),
      ...(covers && { covers }),
      ...(wish && { wish }),
      messageId: `<${tokens.messageKey(edition, addressHash)}@${domain}>`,
    };
  }
}

/** Whether an edition has something for a reader; the same topics are looked at once, a wish each time. */
function somethingIn(edition: Edition): (reader: Pick<AudienceReader, 'topics' | 'wish'>) => boolean {
  const known = new Map<readonly string[] | undefined, boolean>();
  return ({ topics, wish }) => {
    if (wish) return hasSomethingFor(edition, topics, wish);
    const has = known.get(topics) ?? hasSomethingFor(edition, topics, undefined);
    known.set(topics, has);
    return has;
  };
}

/** When a reader's hour comes after the edition; the same hour is worked out once. */
function hours({ publishedAt, zone: digestZone }: Edition): (minute: number, zone?: string) => Instant {
  const known = new Map<string, Instant>();
  return (minute, zone = digestZone) => {
    const name = `${minute} ${zone}`;
    const at = known.get(name) ?? nextMinuteOfDay(publishedAt, zone, minute);
    known.set(name, at);
    return at;
  };
}
