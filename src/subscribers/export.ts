import type { StoredSubscription } from '../domain/subscriber.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import type { Database } from '../store/database.ts';
import {
  filteredSubscribers,
  isMeantSubscription,
  listedState,
  type FilteredSubscriber,
  type SubscriberFilter,
} from '../store/subscriber-filter.ts';
import { lastSayings } from '../store/subscriber-sayings.ts';
import { allDigests } from '../store/suppressions.ts';
import { csvLine } from './csv-cells.ts';
import { exportKeys, type ImportKey } from './import-columns.ts';

const atOnce = 500;

/**
 * The subscribers that a filter lets through as CSV (RFC 4180, UTF-8), line by line and page by page: a row for each of
 * their subscriptions, with what `importSubscribers` needs to make them anew. Of whoever has no subscription there is
 * one row, with the state `none`.
 */
export async function* csvExport(db: Database, filter: SubscriberFilter): AsyncGenerator<string> {
  yield csvLine(exportKeys);
  for await (const exported of exportedSubscribers(db, filter)) {
    for (const row of rowsOf(exported)) yield csvLine(exportKeys.map((key) => row[key] ?? ''));
  }
}

/** The same as one JSON document, an object for each subscriber. */
export async function* jsonExport(db: Database, filter: SubscriberFilter): AsyncGenerator<string> {
  yield '[';
  let separator = '\n';
  for await (const { subscriber, noMail, subscriptions, sayings } of exportedSubscribers(db, filter)) {
    const { id: _, addressHash, createdAt, changedAt, subscriptions: __, ...rest } = subscriber;
    const document = {
      ...rest,
      createdAt: formatInstant(createdAt),
      changedAt: formatInstant(changedAt),
      subscriptions: subscriptions.map((one) => ({
        ...one,
        changedAt: formatInstant(one.changedAt),
        gets: one.state === 'confirmed' && listedState(one, noMail) !== 'left',
        saidAt: formatInstant(saidAt(addressHash, one, sayings)),
      })),
      noMail: Object.fromEntries(noMail),
    };
    yield `${separator}${JSON.stringify(document)}`;
    separator = ',\n';
  }
  yield '\n]\n';
}

interface Exported extends FilteredSubscriber {
  /** Those that the filter means. */
  readonly subscriptions: readonly StoredSubscription[];
  readonly sayings: ReadonlyMap<string, Instant>;
}

async function* exportedSubscribers(db: Database, filter: SubscriberFilter): AsyncGenerator<Exported> {
  let page: FilteredSubscriber[] = [];
  for await (const one of filteredSubscribers(db, filter)) {
    page.push(one);
    if (page.length < atOnce) continue;
    yield* withSayings(db, page, filter);
    page = [];
  }
  yield* withSayings(db, page, filter);
}

async function* withSayings(
  db: Database,
  page: readonly FilteredSubscriber[],
  filter: SubscriberFilter,
): AsyncGenerator<Exported> {
  const sayings = await lastSayings(
    db,
    page.map(({ subscriber }) => subscriber.addressHash),
  );
  for (const { subscriber, noMail } of page) {
    const subscriptions = subscriber.subscriptions.filter((one) => isMeantSubscription(one, noMail, filter));
    yield { subscriber, noMail, subscriptions, sayings };
  }
}

type ExportedRow = Partial<Record<ImportKey, string>>;

function* rowsOf({ subscriber, noMail, subscriptions, sayings }: Exported): Generator<ExportedRow> {
  const { address, addressHash, name, language, hour, pausedUntil, follows, muted, origin } = subscriber;
  const person: ExportedRow = {
    address,
    name: name ?? '',
    noMail: noMail.get(allDigests) ?? '',
    language: language ?? '',
    hour: hour ? clock(hour.minuteOfDay) : '',
    zone: hour?.zone ?? '',
    pausedUntil: pausedUntil ?? '',
    authors: listText(follows.authors),
    labs: listText(follows.labs),
    words: listText(follows.words),
    muted: listText(muted),
    origin,
  };
  if (subscriptions.length === 0) yield { ...person, state: 'none' };
  for (const one of subscriptions) {
    yield {
      ...person,
      digest: one.digest,
      topics: one.topics?.join(';') ?? '',
      // Whoever gets no mail must not come back by this file.
      state: listedState(one, noMail) === 'left' ? 'unsubscribed' : one.state,
      saidAt: formatInstant(saidAt(addressHash, one, sayings)),
      cadence: one.cadence,
    };
  }
}

function saidAt(
  addressHash: string,
  { digest, changedAt }: StoredSubscription,
  sayings: ReadonlyMap<string, Instant>,
): Instant {
  const own = sayings.get(`${addressHash} ${digest}`);
  const ofAll = sayings.get(`${addressHash} ${allDigests}`);
  return own === undefined && ofAll === undefined ? changedAt : Math.max(own ?? 0, ofAll ?? 0);
}

function clock(minuteOfDay: number): string {
  const [hours, minutes] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

function listText(list: readonly string[]): string {
  return list.length === 0 ? '' : JSON.stringify(list);
}
