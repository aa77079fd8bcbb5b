import type { Element } from 'slimdom';
import type { EntryKind, Listing } from '../domain/listing.ts';
import { paperId, parseArxivId, plainLine } from '../domain/paper.ts';
import { calendarDate, isCalendarDate, type CalendarDate, type Instant } from '../domain/time.ts';
import { SourceError } from '../errors.ts';
import { arxivAuthors } from './arxiv-authors.ts';
import { arxivZone, isArxivQuietDay } from './arxiv-calendar.ts';
import { collect, type ReadItem } from './collect.ts';
import { child, childText, xmlRoot } from './xml-document.ts';

const atomNamespace = 'http://www.w3.org/2005/Atom';
const arxivNamespace = 'http://arxiv.org/schemas/atom';
const dublinCore = 'http://purl.org/dc/elements/1.1/';

const kinds: ReadonlyMap<string, EntryKind> = new Map([
  ['new', 'new'],
  ['cross', 'cross-list'],
  ['replace', 'replacement'],
  ['replace-cross', 'replacement-cross-list'],
]);

/** What differs between the two formats. */
interface FeedShape {
  readonly title: string;
  readonly items: readonly Element[];
  /** The time that stands for the feed's day. */
  readonly dayText: string;
  readonly item: { readonly namespace: string | null; readonly id: string; readonly text: string };
}

/**
 * The listing in a feed of rss.arxiv.org, RSS or Atom (arXiv's `rss_specifications.md` and `atom_specifications.md`).
 * Its day is that of New York; `holidays` are quiet days beside those known here. `from` names the feed in errors.
 * Throws `SourceError`: `not-recognised` for anything that is no such feed, `malformed` when it is cut off, `reported`
 * when arXiv says that the query was wrong.
 */
export function arxivListing(
  xml: string,
  source: string,
  from: string,
  readAt: Instant,
  holidays: readonly CalendarDate[] = [],
): Listing {
  const feed = feedShape(xmlRoot(xml, 'an RSS or Atom feed', from), from);
  if (/^Feed error for query/i.test(feed.title)) {
    throw new SourceError(
      'reported',
      `Expected a listing from ${from}; arXiv reports "${feed.title}". Check the categories.`,
    );
  }
  const at = Date.parse(feed.dayText);
  const listDate = Number.isNaN(at) ? '' : calendarDate(at, arxivZone);
  if (!isCalendarDate(listDate)) {
    throw new SourceError('malformed', `Expected the date of the listing in ${from}; got "${feed.dayText}".`);
  }
  const identified = feed.items.some((item) => announcedId(item, feed) !== undefined);
  if (feed.items.length > 0 && !identified) {
    throw new SourceError(
      'not-recognised',
      `Expected a listing of rss.arxiv.org from ${from}; got a feed titled "${feed.title}" without ids of the form oai:arXiv.org:ID. Check the address.`,
    );
  }
  const collected = collect(feed.items.map((item, place) => readItem(item, place, feed)));
  const quiet = collected.announced === 0 && isArxivQuietDay(listDate, holidays);
  return { source, listDate, readAt, ...collected, quiet, rhythm: 'batch', hasVotes: false };
}

function feedShape(root: Element, from: string): FeedShape {
  const channel = root.localName === 'rss' ? child(root, null, 'channel') : undefined;
  if (channel) {
    return {
      title: childText(channel, null, 'title'),
      items: channel.children.filter((element) => element.localName === 'item'),
      dayText: childText(channel, null, 'pubDate'),
      item: { namespace: null, id: 'guid', text: 'description' },
    };
  }
  if (root.localName === 'feed' && root.namespaceURI === atomNamespace) {
    const items = root.children.filter((element) => element.localName === 'entry');
    const [first] = items;
    return {
      title: childText(root, atomNamespace, 'title'),
      items,
      dayText:
        (first && childText(first, atomNamespace, 'published')) || childText(root, atomNamespace, 'updated'),
      item: { namespace: atomNamespace, id: 'id', text: 'summary' },
    };
  }
  throw new SourceError(
    'not-recognised',
    `Expected an RSS or Atom feed from ${from}; got XML with the root <${root.nodeName}>. Check the address.`,
  );
}

function readItem(item: Element, place: number, feed: FeedShape): ReadItem {
  const { namespace } = feed.item;
  const sourceKey = childText(item, namespace, feed.item.id);
  const id = announcedId(item, feed);
  if (id === undefined) {
    return {
      key: sourceKey || `item ${place}`,
      reason: `expected an id of the form oai:arXiv.org:ID; got "${sourceKey}"`,
    };
  }
  const description = childText(item, namespace, feed.item.text);
  const [prefix = '', announced = ''] = /^arXiv:\S+ Announce Type: (\S+)\s+Abstract:/.exec(description) ?? [];
  const announceType = childText(item, arxivNamespace, 'announce_type') || announced;
  const kind = kinds.get(announceType);
  if (kind === undefined) {
    return {
      key: sourceKey,
      reason: `expected the announce type new, cross, replace or replace-cross; got "${announceType}"`,
    };
  }
  const title = plainLine(childText(item, namespace, 'title'));
  if (title === '') return { key: sourceKey, reason: 'expected a title; got none' };

  const [doi = ''] = childText(item, arxivNamespace, 'DOI').split(/[,;]?\s+|[,;]$/);
  return {
    sourceKey,
    kind,
    paper: {
      id: paperId({ arxiv: id.id, url: `https://arxiv.org/abs/${id.id}` }),
      ...(id.version === undefined ? {} : { version: id.version }),
      title,
      abstract: plainLine(description.slice(prefix.length)),
      authors: arxivAuthors(childText(item, dublinCore, 'creator')),
      categories: categoriesOf(item),
      keywords: [],
      links: { abstract: `https://arxiv.org/abs/${id.id}`, pdf: `https://arxiv.org/pdf/${id.id}` },
      ...(doi === '' ? {} : { doi }),
    },
    signals: [],
  };
}

function announcedId(item: Element, feed: FeedShape): ReturnType<typeof parseArxivId> {
  const [, id] = /^oai:arXiv\.org:(\S+)$/i.exec(childText(item, feed.item.namespace, feed.item.id)) ?? [];
  return id === undefined ? undefined : parseArxivId(id);
}

function categoriesOf(item: Element): string[] {
  const names = item.children
    .filter((element) => element.localName === 'category')
    .map((element) => plainLine(element.getAttribute('term') ?? element.textContent ?? ''));
  return [...new Set(names.filter((name) => name !== ''))];
}
