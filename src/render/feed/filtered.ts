import { secondMs, type Instant } from '../../domain/time.ts';
import { cut, escapeHtml } from '../text.ts';
import type { FeedFilter, FeedQuery } from './feed-query.ts';
import type { FeedDocument, FeedItem } from './model.ts';

/**
 * What of a feed a query asks for. A feed of its own, with an id of its own, that names the address it is asked for by:
 * the feed's own with the canonical parameters, and `format` where that address has another format.
 *
 * It has no archive and no hub, for those know the whole feed only. `now` matters to `filter_time` alone.
 */
export function filteredFeed(
  document: FeedDocument,
  query: FeedQuery,
  selfUrl: string,
  now: Instant,
): FeedDocument {
  const { filters, isCaseSensitive, seconds, limit, brief, format, canonical } = query;
  const since = seconds === undefined ? Number.NEGATIVE_INFINITY : now - seconds * secondMs;
  const items = document.items
    .filter(
      (item) =>
        item.publishedAt >= since &&
        filters.every((filter) => matches(item, filter, isCaseSensitive) === filter.keeps),
    )
    .slice(0, limit)
    .map((item) => (brief === undefined ? item : briefItem(item, brief)));
  const { hubUrl: _, paging: __, ...whole } = document;
  const { rss, atom, json } = document.formatUrls;
  const asked = (url: string): string => (canonical === '' ? url : `${url}?${canonical}`);
  const isPart = filters.length > 0 || seconds !== undefined;
  return {
    ...whole,
    id: canonical === '' ? document.id : `${document.id}?${canonical}`,
    title: isPart ? `${document.title} · filtered` : document.title,
    formatUrls: { rss: asked(rss), atom: asked(atom), json: asked(json), [format]: selfUrl },
    updatedAt: items.reduce((latest, item) => Math.max(latest, item.updatedAt), 0) || document.updatedAt,
    items,
  };
}

function matches(item: FeedItem, { field, texts }: FeedFilter, isCaseSensitive: boolean): boolean {
  const folded = (text: string): string => (isCaseSensitive ? text : text.toLowerCase());
  const found = folded(textOf(item, field));
  return texts.some((text) => found.includes(folded(text)));
}

function textOf(item: FeedItem, field: FeedFilter['field']): string {
  switch (field) {
    case 'title':
      return item.title;
    case 'description':
      return `${item.summary}\n${textOfHtml(item.contentHtml)}`;
    case 'author':
      return item.authors.join('\n');
    case 'category':
      return item.categories.flatMap(({ term, label }) => [term, label]).join('\n');
    case 'any':
      return `${item.title}\n${item.summary}\n${textOfHtml(item.contentHtml)}`;
  }
}

function briefItem(item: FeedItem, characters: number): FeedItem {
  const text = textOfHtml(item.contentHtml) || item.summary;
  return { ...item, contentHtml: `<p>${escapeHtml(cut(text, characters))}</p>` };
}

const characters: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** The text of HTML as this program writes it: the five characters that `escapeHtml` escapes are the only references. */
function textOfHtml(html: string): string {
  return html
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (reference) => characters[reference] ?? reference)
    .replace(/\s+/g, ' ')
    .trim();
}
