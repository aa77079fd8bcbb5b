import type { DroppedEntry, ListingEntry } from '../domain/listing.ts';
import type { Signal } from '../domain/signal.ts';
import type { CalendarDate, Instant } from '../domain/time.ts';
import { aliasedPapers, arxivNamesOf, insertAliases, mergePapers } from '../store/aliases.ts';
import {
  insertAppearances,
  placesOfNewSayings,
  updateAppearance,
  type Appearance,
} from '../store/appearances.ts';
import type { Queryable } from '../store/database.ts';
import { keepFormerFacts } from '../store/former-facts.ts';
import { insertPapers, knownPapers, storedIds, updatePaper } from '../store/papers.ts';
import { insertRevisions } from '../store/revisions.ts';
import { storeSignals } from '../store/signals.ts';
import { forgetFacts } from '../store/paper-facts.ts';
import { diffEntries, isNews, type ChangedPaper, type ListingDiff } from './diff.ts';
import { contentHash } from './fingerprint.ts';
import { idsNamed, resolveEntries, type ResolvedEntries } from './identity.ts';
import { originsOf } from './merge.ts';

/** What of a listing the storing of its entries needs. */
export interface BlockOf {
  readonly source: string;
  readonly listDate: CalendarDate;
  readonly readAt: Instant;
  readonly hasVotes: boolean;
  /** Our last reading of the source without the papers that are new now. */
  readonly seenAfter?: Instant;
  /** It was read before one that is stored already: what is missing is added, and nothing revised. */
  readonly isOutdated: boolean;
}

export interface BlockCounts {
  readonly added: number;
  readonly revised: number;
  readonly unchanged: number;
  readonly signals: number;
  /** Entries that name a paper which another one names too. */
  readonly repeated: readonly DroppedEntry[];
}

/**
 * Stores some entries of a listing, inside the listing's transaction. What the source said before is left out by one
 * comparison of hashes inside the database; only the rest is read and compared.
 */
export async function storeBlock(
  db: Queryable,
  of: BlockOf,
  entries: readonly ListingEntry[],
): Promise<BlockCounts> {
  // In the order of the index that they are compared with: a page of it is then read once.
  const sorted = entries.toSorted((a, b) => (a.paper.id < b.paper.id ? -1 : 1));
  const sayings = sorted.map((entry) => ({
    paperId: entry.paper.id,
    saidHash: contentHash(entry.paper),
    isNews: isNews(entry),
  }));
  const places = await placesOfNewSayings(db, of.source, sayings);
  const isRest = new Set(places);
  const asBefore = sorted.filter((_, place) => !isRest.has(place));
  const {
    entries: rest,
    repeated,
    newAliases,
  } = await resolve(
    db,
    sorted.filter((_, place) => isRest.has(place)),
  );
  const known = await knownPapers(
    db,
    of.source,
    rest.map((entry) => entry.paper.id),
  );
  const diff = diffEntries(of.source, rest, known);
  const changes = [...diff.revised, ...diff.completed].filter(
    (change) => !of.isOutdated || change.isFirstInSource,
  );
  await storeAdded(db, of, diff);
  await insertAliases(db, newAliases);
  for (const change of changes) await storeChanged(db, of, change);
  await forgetFacts(
    db,
    changes.map((change) => change.record.id),
  );
  const revised = changes.filter((change) => change.fields.length > 0);
  await insertRevisions(
    db,
    revised.map(({ record, fields, fromVersion }) => ({
      paperId: record.id,
      source: of.source,
      seenAt: of.readAt,
      fields,
      ...(fromVersion !== undefined && { fromVersion }),
      ...(record.version !== undefined && { toVersion: record.version }),
    })),
  );
  if (!of.isOutdated) {
    for (const { entry, isSaidNow } of diff.unchanged) if (isSaidNow) await rememberHash(db, of, entry);
  }
  // A count equal to the last is not stored: one put in between would pass for the newest.
  const counted = of.isOutdated ? diff.added.map(({ entry }) => entry) : [...asBefore, ...rest];
  const signals = await storeSignals(db, of.source, of.readAt, signalsOf(of, counted));
  const added = diff.added.length;
  const changed = revised.length + diff.addedAsRevised.length;
  return {
    added,
    revised: changed,
    unchanged: asBefore.length + rest.length - added - changed,
    signals,
    repeated: repeated.map(asDropped),
  };
}

function asDropped({ sourceKey, paper }: ListingEntry): DroppedEntry {
  return { key: sourceKey, reason: `expected each paper once; ${paper.id} came again` };
}

/** The entries under the ids of their papers, and the other ids that were found to mean the same. */
async function resolve(db: Queryable, entries: readonly ListingEntry[]): Promise<ResolvedEntries> {
  const ids = idsNamed(entries);
  const [papers, aliases] = [await storedIds(db, ids), await aliasedPapers(db, ids)];
  const arxivNames = await arxivNamesOf(db, [...ids, ...aliases.values()]);
  const resolved = resolveEntries(entries, { papers, aliases, arxivNames });
  for (const [alias, id] of resolved.newAliases) {
    if (papers.has(alias) && papers.has(id)) await mergePapers(db, alias, id);
  }
  return resolved;
}

async function storeAdded(db: Queryable, of: BlockOf, diff: ListingDiff): Promise<void> {
  const unknown = [...diff.added, ...diff.addedAsRevised];
  await insertPapers(
    db,
    unknown.map(({ entry: { paper } }) => ({
      paper: {
        ...paper,
        firstSeenAt: of.readAt,
        firstSource: of.source,
        origins: originsOf(paper, of.source),
        ...(paper.isWithdrawn && { withdrawnAt: of.readAt }),
      },
      textSource: of.source,
    })),
  );
  await insertAppearances(
    db,
    unknown.map(({ entry, said }) => firstAppearance(of, entry, said)),
  );
}

async function storeChanged(db: Queryable, of: BlockOf, change: ChangedPaper): Promise<void> {
  const { entry, said, known, record } = change;
  const isRevised = change.fields.length > 0;
  // A list with votes can be replayed later: then nothing may be known that was told after its edition.
  if (of.hasVotes) await keepFormerFacts(db, known, of.readAt);
  await updatePaper(db, {
    id: record.id,
    record,
    origins: change.origins,
    textSource: change.textSource,
    ...(isRevised && { revisedAt: of.readAt }),
    ...(record.isWithdrawn && { withdrawnAt: known.withdrawnAt ?? of.readAt }),
  });
  if (change.isFirstInSource) {
    await insertAppearances(db, [firstAppearance(of, entry, said)]);
  } else {
    await updateAppearance(db, {
      source: of.source,
      paperId: record.id,
      said,
      ...(change.isSaidNow ? { saidHash: contentHash(entry.paper) } : { saidHash: null }),
      ...(change.becameNews && { becameNews: firstAppearance(of, entry, said) }),
    });
  }
}

/** A row from before there was one hash gets it, so that the paper is not looked at the next time. */
async function rememberHash(db: Queryable, of: BlockOf, entry: ListingEntry): Promise<void> {
  await updateAppearance(db, {
    source: of.source,
    paperId: entry.paper.id,
    saidHash: contentHash(entry.paper),
  });
}

function firstAppearance(of: BlockOf, entry: ListingEntry, said: string): Appearance {
  return {
    source: of.source,
    entry,
    said,
    saidHash: contentHash(entry.paper),
    isNews: isNews(entry),
    hasVotes: of.hasVotes,
    listDate: of.listDate,
    firstSeenAt: of.readAt,
    ...(of.seenAfter !== undefined && { seenAfter: of.seenAfter }),
  };
}

function signalsOf(of: BlockOf, entries: readonly ListingEntry[]): readonly Signal[] {
  return entries.flatMap((entry) =>
    entry.signals.map((signal) => ({
      ...signal,
      paperId: entry.paper.id,
      source: of.source,
      countedAt: of.readAt,
    })),
  );
}
