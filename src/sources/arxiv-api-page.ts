import type { Element } from 'slimdom';
import type { Listing } from '../domain/listing.ts';
import { parseArxivId, plainLine, type Author } from '../domain/paper.ts';
import { parseInstant, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivDueDate } from './arxiv-calendar.ts';
import { arxivKind, arxivRecord } from './arxiv-record.ts';
import { collect, type ReadItem } from './collect.ts';
import { child, childText, childrenNamed, xmlRoot } from './xml-document.ts';

const atom = 'http://www.w3.org/2005/Atom';
const arxiv = 'http://arxiv.org/schemas/atom';
const openSearch = 'http://a9.com/-/spec/opensearch/1.1/';

/** One answer of the query API: a slice of the papers that match. */
export interface ArxivApiPage {
  /** Of all papers that match, also those outside this slice. */
  readonly total: number;
  /** The place of the first entry among all, from 0. */
  readonly start: number;
  readonly items: readonly ReadItem[];
  /** When the query was answered; undefined where the answer does not tell. */
  readonly answeredAt: Instant | undefined;
}

/** Whether a text starts like an answer of the query API, and not like a feed of rss.arxiv.org. */
export function looksLikeArxivApi(text: string): boolean {
  return /<feed\b/.test(text.slice(0, 1000)) && text.slice(0, 2000).includes(openSearch);
}

/**
 * An answer of `export.arxiv.org/api/query` (arXiv API User's Manual, section 3.3), in any order of its elements.
 * `asked` are the categories of the query: a paper whose primary category is another is a cross-list. `from` names
 * the answer in errors. Throws `SourceError`: `not-recognised` for anything that is no such answer, `malformed` when
 * it is cut off or its counts are missing, `reported` for the entry with which arXiv reports an error.
 */
export function arxivApiPage(xml: string, from: string, asked: readonly string[] = []): ArxivApiPage {
  const root = xmlRoot(xml, 'an answer of the arXiv API', from);
  const totalText = childText(root, openSearch, 'totalResults');
  if (root.localName !== 'feed' || root.namespaceURI !== atom || totalText === '') {
    throw new SourceError(
      'not-recognised',
      `Expected an answer of the arXiv API with a count of its results from ${from}; got XML with the root <${root.nodeName}> titled "${plainLine(childText(root, '*', 'title'))}". Check the address.`,
    );
  }
  const entries = childrenNamed(root, 'entry');
  const error = entries.find((entry) => childText(entry, atom, 'id').includes('/api/errors'));
  if (error) {
    throw new SourceError(
      'reported',
      `Expected papers from ${from}; arXiv reports "${plainLine(childText(error, atom, 'summary'))}". Check the query.`,
    );
  }
  const [total, start] = [Number(totalText), Number(childText(root, openSearch, 'startIndex'))];
  if (!Number.isSafeInteger(total) || !Number.isSafeInteger(start)) {
    throw new SourceError(
      'malformed',
      `Expected whole numbers for totalResults and startIndex from ${from}; got "${totalText}" and "${childText(root, openSearch, 'startIndex')}".`,
    );
  }
  const answeredAt = parseInstant(childText(root, atom, 'updated')) ?? 0;
  return {
    total,
    start,
    items: entries.map((entry, index) => readEntry(entry, start + index, asked)),
    // A time before 1970, when there was no arXiv, is none.
    answeredAt: answeredAt > 0 ? answeredAt : undefined,
  };
}

/**
 * The papers of one or more answers as a listing. The API knows no list day: it is the last day until `at` on which
 * arXiv announced, so that Friday's papers are still those of Friday on Sunday.
 */
export function arxivApiListing(
  items: readonly ReadItem[],
  source: string,
  at: Instant,
  readAt: Instant,
): Listing {
  return { source, listDate: arxivDueDate(at), readAt, ...collect(items), quiet: false, hasVotes: false };
}

function readEntry(entry: Element, place: number, asked: readonly string[]): ReadItem {
  const key = childText(entry, atom, 'id');
  const [, text = ''] = /^https?:\/\/(?:[\w.]+\.)?arxiv\.org\/abs\/(\S+)$/.exec(key) ?? [];
  const id = parseArxivId(text);
  if (!id) {
    return {
      key: key || `entry ${place}`,
      reason: `expected an id of the form http://arxiv.org/abs/IDvN; got "${key}"`,
    };
  }
  const title = plainLine(childText(entry, atom, 'title'));
  if (title === '') return { key, reason: 'expected a title; got none' };
  const primary = child(entry, arxiv, 'primary_category')?.getAttribute('term') ?? undefined;
  const categories = childrenNamed(entry, 'category').map((element) => element.getAttribute('term') ?? '');
  return {
    sourceKey: key,
    kind: arxivKind(id.version === undefined || id.version === 1, primary ?? categories[0], asked),
    paper: arxivRecord({
      ...id,
      title,
      abstract: childText(entry, atom, 'summary'),
      authors: childrenNamed(entry, 'author')
        .map(authorOf)
        .filter(({ name }) => name !== '' && name !== ':'),
      categories: primary === undefined ? categories : [primary, ...categories],
      doi: childText(entry, arxiv, 'doi'),
      comments: childText(entry, arxiv, 'comment'),
      submittedAt: parseInstant(childText(entry, atom, 'published')),
    }),
    signals: [],
  };
}

function authorOf(author: Element): Author {
  const name = plainLine(childText(author, atom, 'name'));
  const affiliations = childrenNamed(author, 'affiliation').map((place) =>
    plainLine(place.textContent ?? ''),
  );
  const affiliation = affiliations.filter((place) => place !== '').join('; ');
  return affiliation === '' ? { name } : { name, affiliation };
}
