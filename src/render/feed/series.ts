import { longDate } from '../../domain/time.ts';
import type { Site } from '../../domain/site.ts';
import { archived, type ArchivePart, type Datable } from './archive.ts';
import { feedDocument, formatUrls, type FeedHead } from './feed-document.ts';
import type { FeedDocument, FeedFormat, FeedFormats, FeedItem, FeedPaging } from './model.ts';
import { archivePaths, feedPaths } from './paths.ts';

/** An entry before it is written: making its text can wait until a document is asked for. */
export interface FeedEntry extends Datable {
  /**
   * Names all that the item is made of. A settled item is that of an archive document, which changes only when the paper
   * is withdrawn.
   */
  basis(isSettled: boolean): string;
  item(isSettled: boolean): FeedItem;
}

/** A document of a feed, to be made. */
export interface FeedPart {
  /** Below the site's root. */
  readonly paths: FeedFormats;
  readonly formats: readonly FeedFormat[];
  /** All that it is made of, beside the site. */
  readonly basis: readonly unknown[];
  /** Parts of the same time hold the same papers: making them one after the other makes each paper once. */
  readonly period: string;
  document(): FeedDocument;
}

export const allFormats: readonly FeedFormat[] = ['rss', 'atom', 'json'];

/**
 * The documents of a feed that goes on: first the one that readers subscribe to, then its archive documents, oldest first,
 * then the one that the next archive document will be, still empty, when there are archive documents. Following
 * `prevArchive` from the first one meets every entry once.
 */
export function feedSeries(site: Site, head: FeedHead, entries: readonly FeedEntry[]): readonly FeedPart[] {
  const { current, parts, nextPart } = archived(entries);
  const pathsOf = (part: ArchivePart<FeedEntry> | { readonly name: string } | undefined) =>
    part && archivePaths(head.name, part.name);
  const last = parts.at(-1);
  const urlsOf = (paths: FeedFormats | undefined) => paths && formatUrls(site, paths);
  const part = (
    paths: FeedFormats,
    period: string,
    links: { readonly prev?: FeedFormats | undefined; readonly next?: FeedFormats | undefined },
    some: readonly FeedEntry[],
    mark: 'current' | 'archive' | 'coming',
  ): FeedPart => {
    const isSettled = mark !== 'current';
    const paging = pagingOf(mark, urlsOf(feedPaths(head.name)), urlsOf(links.prev), urlsOf(links.next));
    const title = isSettled ? `${head.title} · ${monthName(period)}` : head.title;
    const lastAt = last?.entries[0]?.publishedAt;
    return {
      paths,
      formats: allFormats,
      basis: [head, paths.rss, links, some.map((entry) => entry.basis(isSettled))],
      period: isSettled ? period : '',
      document: () =>
        feedDocument(
          site,
          { ...head, title },
          {
            items: some.map((entry) => entry.item(isSettled)),
            ...(isSettled && { paths }),
            ...(paging && { paging }),
            ...(mark === 'coming' && lastAt !== undefined && { atLeastAt: lastAt }),
          },
        ),
    };
  };
  const coming = last && nextPart !== undefined ? { name: nextPart } : undefined;
  return [
    part(feedPaths(head.name), '', { prev: pathsOf(last) }, current, 'current'),
    ...parts.map((one, index) =>
      part(
        archivePaths(head.name, one.name),
        one.name,
        { prev: pathsOf(parts[index - 1]), next: pathsOf(parts[index + 1] ?? coming) },
        one.entries,
        'archive',
      ),
    ),
    ...(coming
      ? [part(archivePaths(head.name, coming.name), coming.name, { prev: pathsOf(last) }, [], 'coming')]
      : []),
  ];
}

function pagingOf(
  mark: 'current' | 'archive' | 'coming',
  current: FeedFormats | undefined,
  prevArchive: FeedFormats | undefined,
  nextArchive: FeedFormats | undefined,
): FeedPaging | undefined {
  if (mark === 'current') return prevArchive && { prevArchive };
  return {
    ...(mark === 'archive' && { kind: 'archive' }),
    ...(current && { current }),
    ...(prevArchive && { prevArchive }),
    ...(nextArchive && { nextArchive }),
  };
}

/** `October 2026`, and `October 2026, part 2`. */
function monthName(period: string): string {
  const [, month, part] = /^(\d{4}-\d{2})(?:-(\d+))?$/.exec(period) ?? [];
  const name = longDate(`${month}-01`).replace(/^\w+, 1 /, '');
  return part === undefined ? name : `${name}, part ${part}`;
}
