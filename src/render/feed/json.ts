import { formatInstant } from '../../domain/time.ts';
import { checkedDocument } from './check.ts';
import { itemTexts } from './items.ts';
import type { FeedDocument, FeedItem, FeedPaper, FeedPick } from './model.ts';

/**
 * The document as JSON Feed 1.1, written directly, for the `feed` package knows 1.0 only. What JSON Feed has no place for
 * stands in objects of ours: `_feed`, and in the items `_entry`, `_paper` (facts of the paper) and `_pick` (why it was
 * picked, in numbers), so that the whole document can be read back (`read-json.ts`).
 *
 * `selfUrl` is where this text will stand. The same document gives the same bytes. Throws RenderError, see
 * `checkedDocument`.
 */
export function renderJson(document: FeedDocument, selfUrl: string): string {
  const checked = checkedDocument({ ...document, formatUrls: { ...document.formatUrls, json: selfUrl } });
  const { formatUrls, formats = ['rss', 'atom', 'json'], paging } = checked;
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: checked.title,
    home_page_url: checked.pageUrl,
    feed_url: formatUrls.json,
    next_url: paging?.prevArchive?.json,
    description: checked.subtitle,
    icon: checked.iconUrl,
    favicon: checked.iconUrl,
    language: checked.language,
    expired: paging?.kind === undefined ? undefined : true,
    hubs: checked.hubUrl === undefined ? undefined : [{ type: 'WebSub', url: checked.hubUrl }],
    _feed: {
      about: checked.generatorUrl,
      id: checked.id,
      updated: formatInstant(checked.updatedAt),
      publisher: checked.publisher,
      rights: checked.rights,
      stylesheet_url: checked.stylesheetUrl,
      ...(formats.includes('rss') && { rss_url: formatUrls.rss }),
      ...(formats.includes('atom') && { atom_url: formatUrls.atom }),
    },
  };
  const texts = itemTexts(checked, 'json', (item) =>
    JSON.stringify(jsonItem(item, checked), undefined, 2).replaceAll('\n', '\n    '),
  );
  const head = JSON.stringify(feed, undefined, 2).slice(0, -2);
  const items = texts.length === 0 ? '[]' : `[\n    ${texts.join(',\n    ')}\n  ]`;
  return `${head},\n  "items": ${items}\n}\n`;
}

/** Authors stand with the items and not with the feed, for readers add the feed's to every item. */
function jsonItem(item: FeedItem, { publisher, generatorUrl }: FeedDocument): object {
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
    _entry: { about: generatorUrl, categories: item.categories, links: item.related, source: item.source },
    _paper: item.paper && jsonPaper(item.paper),
    _pick: item.pick && jsonPick(item.pick),
  };
}

function jsonPaper(paper: FeedPaper): object {
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
  };
}

function jsonPick({ aboutUrl, ...pick }: FeedPick): object {
  return { about: aboutUrl, ...pick };
}
