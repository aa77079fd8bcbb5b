import type { ListingEntry } from '../domain/listing.ts';
import type { FieldOrigins, Paper, PaperId, PaperRecord, RevisedField } from '../domain/paper.ts';
import { revisableFields } from '../domain/paper.ts';
import type { StoredPaper } from '../store/papers.ts';
import { fieldHashes, fingerprint, untold, withTold } from './fingerprint.ts';
import { mergeRecords } from './merge.ts';

export interface AddedPaper {
  readonly entry: ListingEntry;
  /** What is to be remembered of it, as a `fingerprint`. */
  readonly said: string;
}

/** A known paper of which the listing says something else than before. */
export interface ChangedPaper {
  readonly entry: ListingEntry;
  readonly said: string;
  /** `said` is all of what the entry says, and nothing that was said before. */
  readonly isSaidNow: boolean;
  readonly known: Paper;
  /** What is to be stored: the best of what all sources say. */
  readonly record: PaperRecord;
  readonly origins: FieldOrigins;
  readonly textSource: string;
  /** What a reader would call changed; empty when only side facts came in (a link, a keyword). */
  readonly fields: readonly RevisedField[];
  readonly fromVersion?: number;
  /** The source names this paper for the first time. */
  readonly isFirstInSource: boolean;
  /** The source announces it as news for the first time. */
  readonly becameNews: boolean;
}

/** The diff of a listing's entries against the known papers: a value, nothing is done yet. */
export interface ListingDiff {
  /** Never seen before and announced as new or cross-listed. */
  readonly added: readonly AddedPaper[];
  /** Never seen before and announced as a replacement: a revision of something we do not know, not news. */
  readonly addedAsRevised: readonly AddedPaper[];
  /** Known, and its source changed it. */
  readonly revised: readonly ChangedPaper[];
  /** Known, and nothing changed but side facts, or another source names it now too. */
  readonly completed: readonly ChangedPaper[];
  /** Known, and the source says what it said before. */
  readonly unchanged: readonly UnchangedPaper[];
}

export interface UnchangedPaper {
  readonly entry: ListingEntry;
  /** It says all of it again: no field was left out this time. */
  readonly isSaidNow: boolean;
}

/**
 * Compares entries of a source's listing with the known papers. Absence says nothing: a paper that the listing
 * does not name is not touched, for listings are cut off, empty or late. A source is compared only with what it
 * said itself: two sources spell one abstract differently (Hugging Face removes TeX) without a revision.
 */
export function diffEntries(
  source: string,
  entries: readonly ListingEntry[],
  known: ReadonlyMap<PaperId, StoredPaper>,
): ListingDiff {
  const added: AddedPaper[] = [];
  const addedAsRevised: AddedPaper[] = [];
  const revised: ChangedPaper[] = [];
  const completed: ChangedPaper[] = [];
  const unchanged: UnchangedPaper[] = [];
  for (const entry of entries) {
    const before = known.get(entry.paper.id);
    const now = fingerprint(entry.paper);
    const said = withTold(now, before?.said);
    if (!before) {
      (isNews(entry) ? added : addedAsRevised).push({ entry, said });
      continue;
    }
    const becameNews = isNews(entry) && !before.isNews;
    if (before.said === said && !becameNews) {
      unchanged.push({ entry, isSaidNow: said === now });
      continue;
    }
    const change = changedPaper(source, entry, now, said, before, becameNews);
    (change.fields.length > 0 ? revised : completed).push(change);
  }
  return { added, addedAsRevised, revised, completed, unchanged };
}

/** Announced as new or cross-listed; a replacement is a revision and never news. */
export function isNews(entry: ListingEntry): boolean {
  return entry.kind === 'new' || entry.kind === 'cross-list';
}

function changedPaper(
  source: string,
  entry: ListingEntry,
  now: string,
  told: string,
  before: StoredPaper,
  becameNews: boolean,
): ChangedPaper {
  const record = entry.paper;
  const isOlder =
    record.version !== undefined &&
    before.paper.version !== undefined &&
    record.version < before.paper.version;
  const takesText = !isOlder && (source === before.textSource || isBetterText(record, before.paper));
  const known = { record: before.paper, origins: before.paper.origins };
  // An older version that comes late must not make the known one look new the next time.
  const said = isOlder && before.said !== undefined ? before.said : told;
  return {
    entry,
    said,
    isSaidNow: said === now,
    known: before.paper,
    ...mergeRecords(known, record, source, takesText),
    textSource: takesText ? source : before.textSource,
    fields: isOlder ? [] : changedFields(before, record, told),
    ...(before.paper.version !== undefined && { fromVersion: before.paper.version }),
    isFirstInSource: before.said === undefined,
    becameNews,
  };
}

/** A source that tells versions knows the text best; among those the higher version wins. */
function isBetterText(said: PaperRecord, known: PaperRecord): boolean {
  return said.version !== undefined && (known.version === undefined || said.version > known.version);
}

/** Told for the first time, e.g. after a mail without abstracts, these are no change of the paper. */
const quietAtFirst: ReadonlySet<RevisedField> = new Set([
  'title',
  'abstract',
  'authors',
  'categories',
  'comments',
]);

function changedFields(before: StoredPaper, record: PaperRecord, said: string): readonly RevisedField[] {
  if (before.said === undefined) {
    // Named by this source for the first time: only a higher version tells a revision.
    const { version } = before.paper;
    return version !== undefined && record.version !== undefined && record.version > version
      ? ['version']
      : [];
  }
  const [then, now] = [fieldHashes(before.said), fieldHashes(said)];
  // Another source told this version already: this one only came after it.
  const versionPlace = revisableFields.indexOf('version');
  if (
    then[versionPlace] !== now[versionPlace] &&
    record.version !== undefined &&
    record.version === before.paper.version
  ) {
    return [];
  }
  return revisableFields.flatMap((field, place): RevisedField[] => {
    if (then[place] === now[place]) return [];
    if (then[place] !== untold) return [field];
    if (quietAtFirst.has(field)) return [];
    return [field === 'code' ? 'code-added' : field];
  });
}
