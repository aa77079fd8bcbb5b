import { hash } from 'node:crypto';
import type { Listing, ListingEntry } from '../domain/listing.ts';
import type { Paper, PaperId, PaperRecord, RevisedField } from '../domain/paper.ts';
import { plainLine, revisableFields } from '../domain/paper.ts';

/** What we know of a paper that a listing names, and what this listing's source said of it before. */
export interface KnownPaper {
  readonly paper: Paper;
  /** The source whose title, abstract and authors are shown. */
  readonly textSource: string;
  /** `fingerprint` of what this source said last; undefined when it never named the paper. */
  readonly said?: string;
  /** This source announced it as new or cross-listed before. */
  readonly isNews: boolean;
}

export interface AddedPaper {
  readonly entry: ListingEntry;
  readonly said: string;
}

/** A known paper of which the listing says something else than before. */
export interface ChangedPaper {
  readonly entry: ListingEntry;
  readonly said: string;
  /** What is to be stored: the best of what all sources say. */
  readonly record: PaperRecord;
  readonly textSource: string;
  /** What a reader would call changed; empty when only side facts came in (a link, a keyword). */
  readonly fields: readonly RevisedField[];
  readonly fromVersion?: number;
  /** The source names this paper for the first time. */
  readonly isFirstInSource: boolean;
  /** The source announces it as news for the first time. */
  readonly becameNews: boolean;
}

/** The diff of a listing against the known papers: a value, nothing is done yet. */
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
  readonly unchanged: number;
}

/** What the source of a listing said of a paper before. */
export interface SaidBefore {
  readonly said: string;
  readonly isNews: boolean;
}

/**
 * The entries of a listing about which its source says something else than before, or speaks for the first
 * time. Of the others nothing need be looked at: in most listings that is nearly all.
 */
export function changedEntries(
  listing: Listing,
  before: ReadonlyMap<PaperId, SaidBefore>,
): readonly ListingEntry[] {
  return listing.entries.filter((entry) => {
    const earlier = before.get(entry.paper.id);
    if (!earlier || (isNews(entry) && !earlier.isNews)) return true;
    return withTold(fingerprint(entry.paper), earlier.said) !== earlier.said;
  });
}

/**
 * Compares a listing with the known papers. Absence says nothing: a paper that the listing does not name
 * is not touched, for listings are cut off, empty or late. A source is compared only with what it said
 * itself: two sources spell one abstract differently (Hugging Face removes TeX) without a revision.
 */
export function diffListing(listing: Listing, known: ReadonlyMap<PaperId, KnownPaper>): ListingDiff {
  const added: AddedPaper[] = [];
  const addedAsRevised: AddedPaper[] = [];
  const revised: ChangedPaper[] = [];
  const completed: ChangedPaper[] = [];
  let unchanged = 0;
  for (const entry of listing.entries) {
    const before = known.get(entry.paper.id);
    const said = withTold(fingerprint(entry.paper), before?.said);
    if (!before) {
      (isNews(entry) ? added : addedAsRevised).push({ entry, said });
      continue;
    }
    const becameNews = isNews(entry) && !before.isNews;
    if (before.said === said && !becameNews) {
      unchanged += 1;
      continue;
    }
    const change = changedPaper(listing.source, entry, said, before, becameNews);
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
  said: string,
  before: KnownPaper,
  becameNews: boolean,
): ChangedPaper {
  const record = entry.paper;
  const isOlder =
    record.version !== undefined &&
    before.paper.version !== undefined &&
    record.version < before.paper.version;
  const takesText = !isOlder && (source === before.textSource || isBetterText(record, before.paper));
  return {
    entry,
    // An older version that comes late must not make the known one look new the next time.
    said: isOlder && before.said !== undefined ? before.said : said,
    record: merge(before.paper, record, takesText),
    textSource: takesText ? source : before.textSource,
    fields: isOlder ? [] : changedFields(before, record, said),
    ...(before.paper.version !== undefined && { fromVersion: before.paper.version }),
    isFirstInSource: before.said === undefined,
    becameNews,
  };
}

const textFields: ReadonlySet<RevisedField> = new Set(['title', 'abstract', 'authors', 'categories']);

/** A source that tells versions knows the text best; among those the higher version wins. */
function isBetterText(said: PaperRecord, known: PaperRecord): boolean {
  return said.version !== undefined && (known.version === undefined || said.version > known.version);
}

function changedFields(before: KnownPaper, record: PaperRecord, said: string): readonly RevisedField[] {
  if (before.said !== undefined) {
    const [then, now] = [before.said.split(' '), said.split(' ')];
    // Text that is told for the first time, e.g. after a mail without it, is no change of it.
    return revisableFields.filter(
      (field, index) => then[index] !== now[index] && !(then[index] === untold && textFields.has(field)),
    );
  }
  // Named by this source for the first time: only a higher version tells a revision.
  const { version } = before.paper;
  return version !== undefined && record.version !== undefined && record.version > version ? ['version'] : [];
}

function merge(known: PaperRecord, said: PaperRecord, takesText: boolean): PaperRecord {
  const [text, other] = takesText ? [said, known] : [known, said];
  const version = text.version ?? other.version;
  const organization = said.organization ?? known.organization;
  const doi = said.doi ?? known.doi;
  const submittedAt = known.submittedAt ?? said.submittedAt;
  const mediaCount = said.mediaCount ?? known.mediaCount;
  const submitterFollowers = said.submitterFollowers ?? known.submitterFollowers;
  return {
    id: known.id,
    ...(version !== undefined && { version }),
    title: text.title,
    abstract: text.abstract === '' ? other.abstract : text.abstract,
    authors: text.authors.length > 0 ? text.authors : other.authors,
    categories: text.categories.length > 0 ? text.categories : other.categories,
    keywords: said.keywords.length > 0 ? said.keywords : known.keywords,
    links: { ...other.links, ...text.links },
    ...(organization !== undefined && { organization }),
    ...(doi !== undefined && { doi }),
    ...(submittedAt !== undefined && { submittedAt }),
    ...(mediaCount !== undefined && { mediaCount }),
    ...(submitterFollowers !== undefined && { submitterFollowers }),
  };
}

/**
 * What a source says of a paper, as short hashes: one for each of `revisableFields`, in that order, and
 * a last one over the side facts. Two equal fingerprints mean the same content. Text counts after
 * collapsing white space and NFC; follower counts do not count, they change by the hour.
 */
export function fingerprint(record: PaperRecord): string {
  const values: Record<RevisedField, string> = {
    title: plainLine(record.title),
    abstract: plainLine(record.abstract),
    authors: plainLine(record.authors.map((author) => author.name).join('\n')),
    categories: record.categories.join(' '),
    version: record.version === undefined ? '' : String(record.version),
    doi: record.doi ?? '',
    code: record.links.code ?? '',
  };
  const { code: _code, ...links } = record.links;
  const side = JSON.stringify([record.keywords, links, record.organization, record.mediaCount]);
  return [...revisableFields.map((field) => shortHash(values[field])), shortHash(side)].join(' ');
}

/** A fingerprint in which a field that is not told this time has the hash of what was told before. */
function withTold(said: string, before: string | undefined): string {
  if (before === undefined) return said;
  const earlier = before.split(' ');
  return said
    .split(' ')
    .map((hash, index) => (hash === untold ? (earlier[index] ?? untold) : hash))
    .join(' ');
}

/** Stands for a field that the source does not tell this time, e.g. the abstract in a replacement mail. */
const untold = '-';

/** 66 bits: a chance collision among the versions of one field of one paper is out of the question. */
function shortHash(text: string): string {
  return text === '' ? untold : hash('sha256', text, 'base64url').slice(0, 11);
}
