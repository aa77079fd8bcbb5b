import type { EntryKind } from '../domain/listing.ts';
import { parseArxivId } from '../domain/paper.ts';
import type { ReadItem } from './collect.ts';
import { feedAuthors } from './feed-authors.ts';
import type { FeedEntry, FeedLink } from './feed-entry.ts';
import { plainText } from './feed-html.ts';
import { webAddress } from './github.ts';
import { identityOf } from './paper-identity.ts';

/** A feed can carry whole articles; as an abstract this much is more than any reader is shown. */
const maxAbstract = 10_000;
const maxCategories = 100;
/** Longer than any address or identifier that works. */
const maxNameLength = 4000;

/** Only arXiv's own feeds say it; from any other source an entry is new. */
const kinds: ReadonlyMap<string, EntryKind> = new Map([
  ['new', 'new'],
  ['cross', 'cross-list'],
  ['replace', 'replacement'],
  ['replace-cross', 'replacement-cross-list'],
]);

/**
 * An entry of any feed as a paper, or the reason why it is none: it needs a title and a web address. The paper is known by
 * an arXiv id in its own id or link, a DOI (prism:doi, dc:identifier, the id or the link), else by its link. The summary
 * is the abstract, without one the content. `place` is that of the entry, from 1.
 */
export function feedPaper(entry: FeedEntry, place: number): ReadItem {
  const link = mainLink(entry);
  const key = entry.id?.slice(0, 300) ?? link ?? `entry ${place}`;
  const title = plainText(entry.title);
  if (title === '') return { key, reason: 'expected a title; got none' };
  const names = [entry.id ?? '', link ?? '', ...entry.identifiers].filter(
    (name) => name.length <= maxNameLength,
  );
  const arxiv = names.map(arxivIn).find((id) => id !== undefined);
  const doi = names.map(doiIn).find((id) => id !== undefined);
  if (link === undefined && arxiv === undefined && doi === undefined) {
    return { key, reason: 'expected a link to a web page; got none' };
  }
  const { id, ...identity } = identityOf({ arxiv, doi, url: link, title });
  const pdf = entry.links.find(isPdf)?.href;
  const summary = plainText(entry.summary);
  const text = summary === '' ? plainText(entry.content) : summary;
  // arXiv writes this before each abstract of its feeds.
  const [prefix = '', announced = ''] = /^arXiv:\S+ Announce Type: (\S+) Abstract: /.exec(text) ?? [];
  const categories = entry.categories.map((name) => plainText({ text: name, type: 'html' }));
  return {
    sourceKey: key,
    kind: kinds.get(entry.announceType ?? announced) ?? 'new',
    paper: {
      id,
      ...identity,
      ...(pdf === undefined || identity.links.pdf !== undefined ? {} : { links: { ...identity.links, pdf } }),
      title,
      abstract: shortened(text.slice(prefix.length)),
      authors: feedAuthors(entry.authors),
      categories: [...new Set(categories.filter((name) => name !== ''))].slice(0, maxCategories),
      keywords: [],
      ...(entry.publishedAt === undefined ? {} : { submittedAt: entry.publishedAt }),
    },
    signals: [],
  };
}

/** The page of the entry: an alternate link, best one that is HTML; else an id that is an address. */
function mainLink({ id, links }: FeedEntry): string | undefined {
  const pages = links.filter(({ rel, href }) => rel === 'alternate' && isAddress(href));
  const page = pages.find(({ type }) => type === '' || type.includes('html')) ?? pages[0];
  return page?.href ?? (id !== undefined && isAddress(id) ? id.trim() : undefined);
}

function isAddress(href: string): boolean {
  return href.length <= maxNameLength && webAddress(href) !== undefined;
}

function isPdf({ href, type }: FeedLink): boolean {
  return isAddress(href) && (type === 'application/pdf' || /\.pdf(?:[?#]|$)/i.test(href));
}

function arxivIn(text: string): string | undefined {
  const [, id = ''] =
    /^(?:oai:arxiv\.org:|arxiv:\s*|https?:\/\/(?:[\w-]+\.)*arxiv\.org\/(?:abs|pdf|html)\/|https?:\/\/huggingface\.co\/papers\/)([^\s?#]+)$/i.exec(
      text.trim().split(/[?#]/, 1)[0] ?? '',
    ) ?? [];
  const parsed = parseArxivId(id.replace(/\.pdf$/i, ''));
  return parsed && `${parsed.id}${parsed.version === undefined ? '' : `v${parsed.version}`}`;
}

function doiIn(text: string): string | undefined {
  const form =
    /^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*|info:doi\/|https?:\/\/[^\s?#]+\/doi\/(?:(?:abs|full|pdf)\/)?)?(10\.\d{4,9}\/[^\s?#]+)/i;
  return form.exec(text.trim())?.[1];
}

function shortened(text: string): string {
  if (text.length <= maxAbstract) return text;
  const cut = text.slice(0, maxAbstract);
  const kept = cut.slice(0, Math.max(cut.lastIndexOf(' '), maxAbstract - 100));
  // The last character may have been cut in half.
  return `${kept.replace(/[\ud800-\udbff]$/, '')}…`;
}
