import { formatInstant } from '../../domain/time.ts';
import { checkedDocument } from './check.ts';
import type { FeedDocument, FeedItem, FeedPaper } from './model.ts';

/**
 * The document as JSON Feed 1.1, written directly, for the `feed` package knows 1.0 only. The facts of a paper
 * stand in the object `_paper`.
 *
 * `selfUrl` is where this text will stand. The same document gives the same bytes. Throws RenderError, see
 * `checkedDocument`.
 */
export function renderJson(document: FeedDocument, selfUrl: string): string {
  const checked = checkedDocument({ ...document, formatUrls: { ...document.formatUrls, json: selfUrl } });
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: checked.title,
    home_page_url: checked.pageUrl,
    feed_url: checked.formatUrls.json,
    description: checked.subtitle,
    icon: checked.iconUrl,
    favicon: checked.iconUrl,
    language: checked.language,
    items: checked.items.map((item) => jsonItem(item, checked.publisher)),
  };
  return `${JSON.stringify(feed, undefined, 2)}\n`;
}

/** Authors stand with the items and not with the feed, for readers add the feed's to every item. */
function jsonItem(item: FeedItem, publisher: string): object {
  const authors = item.authors.length > 0 ? item.authors : [publisher];
  return {
    id: item.id,
    url: item.url,
    external_url: item.externalUrl,
    title: item.title,
    content_html: item.contentHtml,
    summary: item.summary,
    date_published: formatInstant(item.publishedAt),
    date_modified: formatInstant(item.updatedAt),
    authors: authors.map((name) => ({ name })),
    tags: item.categories.length > 0 ? [...new Set(item.categories.map(({ label }) => label))] : undefined,
    attachments: item.enclosure && [{ url: item.enclosure.url, mime_type: item.enclosure.mimeType }],
    _paper: item.paper && jsonPaper(item.paper, item),
  };
}

function jsonPaper(paper: FeedPaper, item: FeedItem): object {
  return {
    about: paper.aboutUrl,
    id: paper.id,
    version: paper.version,
    doi: paper.doi,
    source: paper.source,
    submitted_at: paper.submittedAt === undefined ? undefined : formatInstant(paper.submittedAt),
    first_seen_at: formatInstant(paper.firstSeenAt),
    author_count: paper.authorCount,
    title_tex: paper.titleTex,
    links: item.related.map(({ title, url }) => ({ title, url })),
  };
}
