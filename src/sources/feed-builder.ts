import { feedInstant } from './feed-date.ts';
import { resolved, type FeedEntry, type FeedLink, type FeedText } from './feed-entry.ts';
import type { OpenField } from './feed-field.ts';

/** The places that a field of an entry can come from, the best first. */
const titleKeys = ['title', 'dc:title'];
const idKeys = ['guid', 'id'];
const summaryKeys = ['description', 'summary', 'dcterms:abstract', 'dc:description', 'abstract', 'tagline'];
const contentKeys = ['content:encoded', 'content', 'xhtml:body', 'body'];
const publishedKeys = [
  'pubdate',
  'published',
  'issued',
  'dcterms:issued',
  'dc:date',
  'prism:publicationdate',
  'dcterms:created',
  'created',
];
const updatedKeys = ['updated', 'modified', 'dcterms:modified', 'prism:modificationdate'];
const categoryKeys = new Set(['category', 'dc:subject', 'prism:keyword']);
const identifierKeys = new Set(['prism:doi', 'dc:identifier', 'arxiv:doi']);

const fieldKeys: ReadonlySet<string> = new Set([
  ...[titleKeys, idKeys, summaryKeys, contentKeys, publishedKeys, updatedKeys].flat(),
  ...categoryKeys,
  ...identifierKeys,
  'link',
  'author',
  'dc:creator',
  'arxiv:announce_type',
]);

/** More of one kind in one entry than any real one has: the rest is not kept. */
const maxValues = 10_000;

/** Whether an element directly in an entry is one that we read. */
export function isEntryField(key: string): boolean {
  return fieldKeys.has(key);
}

export interface EntryBuilder {
  /** Takes a field that is closed, with its text. */
  add(field: OpenField, text: FeedText): void;
  finish(): FeedEntry;
}

/** Gathers an entry of RSS or Atom field by field; of fields that stand once in an entry the first with a text wins. */
export function createEntryBuilder(about: string | undefined): EntryBuilder {
  const texts = new Map<string, FeedText>();
  const links: FeedLink[] = [];
  const authors: string[] = [];
  const categories: string[] = [];
  const identifiers: string[] = [];
  let permalink: string | undefined;

  const first = (keys: readonly string[]): FeedText | undefined => {
    const key = keys.find((name) => texts.has(name));
    return key === undefined ? undefined : texts.get(key);
  };
  const date = (keys: readonly string[]): number | undefined => {
    for (const key of keys) {
      const text = texts.get(key);
      const at = text && feedInstant(text.text);
      if (at !== undefined) return at;
    }
    return undefined;
  };

  return {
    add({ key, attributes, parts, base }, text) {
      const trimmed = text.text.trim();
      if (key === 'link') {
        const { href, rel = 'alternate', type = '' } = attributes;
        const target = resolved(href ?? trimmed, base);
        const link = { href: target, rel: rel.trim().toLowerCase(), type: type.trim().toLowerCase() };
        push(links, link, target !== '');
      } else if (key === 'author' || key === 'dc:creator') {
        const name = (parts.get('name')?.trim() || trimmed || parts.get('email')?.trim()) ?? '';
        push(authors, name, name !== '');
      } else if (categoryKeys.has(key)) {
        const name = (attributes['term'] ?? '').trim() || trimmed || (attributes['label'] ?? '').trim();
        push(categories, name, name !== '');
      } else if (identifierKeys.has(key)) {
        push(identifiers, trimmed, trimmed !== '');
      } else if (trimmed !== '' && !texts.has(key)) {
        texts.set(key, text);
        const isPermalink = (attributes['isPermaLink'] ?? 'true').trim().toLowerCase() !== 'false';
        if (key === 'guid' && isPermalink && /^https?:/i.test(trimmed)) permalink = trimmed;
      }
    },
    finish() {
      const id = first(idKeys)?.text.trim() ?? (about?.trim() || undefined);
      const [title, summary, content] = [titleKeys, summaryKeys, contentKeys].map(first);
      const [publishedAt, updatedAt] = [date(publishedKeys), date(updatedKeys)];
      const announceType = texts.get('arxiv:announce_type')?.text.trim();
      const hasPage = links.some(({ rel }) => rel === 'alternate');
      const page = permalink ?? (/^https?:/i.test(about ?? '') ? about?.trim() : undefined);
      if (!hasPage && page !== undefined) links.push({ href: page, rel: 'alternate', type: '' });
      return {
        ...(id === undefined ? {} : { id }),
        ...(title === undefined ? {} : { title }),
        links,
        authors,
        ...(publishedAt === undefined ? {} : { publishedAt }),
        ...(updatedAt === undefined ? {} : { updatedAt }),
        ...(summary === undefined ? {} : { summary }),
        ...(content === undefined ? {} : { content }),
        categories,
        identifiers,
        ...(announceType === undefined ? {} : { announceType }),
      };
    },
  };
}

function push<T>(list: T[], value: T, isWanted: boolean): void {
  if (isWanted && list.length < maxValues) list.push(value);
}
