import type { Listing } from '../../src/domain/listing.ts';
import { plainLine, type PaperRecord } from '../../src/domain/paper.ts';
import { isCalendarDate } from '../../src/domain/time.ts';
import type { ReadItem } from '../../src/sources/collect.ts';
import type { FeedReading } from '../../src/sources/feed.ts';

const paperIdForm =
  /^(?:arxiv:(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})|doi:10\.\d{4,9}\/\S+|url:[0-9a-f]{32})$/;
const entryKinds: ReadonlySet<string> = new Set([
  'new',
  'cross-list',
  'replacement',
  'replacement-cross-list',
]);

/** Throws an `Error` that names the first thing of an item that is not as the domain says. */
export function checkItem(item: ReadItem): void {
  if ('reason' in item) {
    check(typeof item.key === 'string' && item.reason.trim() !== '', 'a key and a reason', item);
    return;
  }
  check(item.sourceKey !== '', 'the id of the source', item.sourceKey);
  check(entryKinds.has(item.kind), 'an entry kind', item.kind);
  check(item.listedAt === undefined || isInstant(item.listedAt), 'an instant in listedAt', item.listedAt);
  for (const { kind, value } of item.signals) check(isCount(value), `a count of ${kind}`, value);
  checkPaper(item.paper);
}

/** As `checkItem` for all of a listing, and for its day and its counts. */
export function checkListing(listing: Listing): void {
  check(isCalendarDate(listing.listDate), 'a list day', listing.listDate);
  check(isInstant(listing.readAt), 'an instant in readAt', listing.readAt);
  const { entries, dropped, announced } = listing;
  check(entries.length + dropped.length === announced, `${announced} items`, entries.length + dropped.length);
  check(new Set(entries.map(({ paper }) => paper.id)).size === entries.length, 'each paper once', entries);
  for (const item of [...entries, ...dropped]) checkItem(item);
}

function checkPaper(paper: PaperRecord): void {
  check(paperIdForm.test(paper.id), 'a paper id', paper.id);
  check(paper.title !== '' && isLine(paper.title), 'a title on one line', paper.title);
  check(isLine(paper.abstract), 'an abstract on one line', paper.abstract);
  for (const { name, affiliation } of paper.authors) {
    check(name !== '' && isLine(name), 'a name', name);
    check(
      affiliation === undefined || (affiliation !== '' && isLine(affiliation)),
      'an affiliation',
      affiliation,
    );
  }
  for (const words of [paper.categories, paper.keywords]) {
    check(new Set(words).size === words.length, 'each category and keyword once', words);
    for (const word of words) check(word !== '' && isLine(word), 'a category or keyword', word);
  }
  for (const [kind, address] of Object.entries(paper.links))
    check(isAddress(address), `a link ${kind}`, address);
  for (const text of [paper.organization, paper.comments]) {
    check(text === undefined || (text !== '' && isLine(text)), 'an organization or a comment', text);
  }
  check(paper.doi === undefined || /^\S+$/.test(paper.doi), 'a DOI', paper.doi);
  const { version, submittedAt, mediaCount, submitterFollowers } = paper;
  check(version === undefined || (isCount(version) && version > 0), 'a version from 1', version);
  check(submittedAt === undefined || isInstant(submittedAt), 'an instant in submittedAt', submittedAt);
  for (const count of [mediaCount, submitterFollowers]) {
    check(count === undefined || isCount(count), 'a count', count);
  }
}

function isLine(text: unknown): boolean {
  return typeof text === 'string' && text === plainLine(text);
}

function isInstant(at: number): boolean {
  return Number.isInteger(at) && !Number.isNaN(new Date(at).getTime());
}

export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isAddress(address: unknown): boolean {
  return typeof address === 'string' && /^https?:\/\//i.test(address) && URL.canParse(address);
}

function check(isTrue: boolean, expected: string, got: unknown): void {
  if (!isTrue) throw new Error(`expected ${expected}; got ${JSON.stringify(got)?.slice(0, 300)}`);
}

/** As `checkItem` for all that a feed gave; beyond that its texts hold no control characters and are well-formed. */
export function checkFeedReading({ items, listDate }: FeedReading): void {
  check(isCalendarDate(listDate), 'a list day', listDate);
  for (const item of items) {
    checkItem(item);
    if ('reason' in item) continue;
    const { title, abstract, authors } = item.paper;
    for (const text of [title, abstract, ...authors.map(({ name }) => name)]) {
      check(text.isWellFormed() && !/(?!\s)\p{Cc}/u.test(text), 'plain text', text);
    }
  }
}
