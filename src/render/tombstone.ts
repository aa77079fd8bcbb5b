import type { PublishedDocument, Site } from '../domain/site.ts';
import { siteUrl } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import { feedDocument } from './feed/feed-document.ts';
import { tagUri } from './feed/identity.ts';
import type { FeedDocument, FeedFormat } from './feed/model.ts';
import { feedsPagePath } from './feed/paths.ts';
import { renderFeed } from './feed/publish.ts';
import { escapeHtml } from './text.ts';

/** A page or feed that was public and is no more; `path` is percent-encoded, as in its address. */
export interface Departed {
  readonly path: string;
  readonly contentType: string;
  /** When the newest edition of the first publication without it was published. */
  readonly at: Instant;
}

/**
 * The file that stays where a page or feed was, for servers of files, which cannot answer 410: a page that says so,
 * or a feed that ends with an entry that says so, once. Undefined for anything else. Same input, same bytes.
 */
export function tombstone(site: Site, departed: Departed): PublishedDocument | undefined {
  const { path, contentType } = departed;
  const write = writers.find(({ type }) => contentType.startsWith(type))?.write;
  return write && { path, contentType, body: write(site, departed) };
}

/** The page that stays where another was: browsers go on to the new one by themselves, search engines too. */
export function forwardingPage(site: Site, from: string, to: string): PublishedDocument {
  const address = escapeHtml(siteUrl(site, to));
  const body = htmlPage(
    site,
    'Moved',
    `<p>This page is now at <a href="${address}">${address}</a>.</p>`,
    `<link rel="canonical" href="${address}">\n<meta http-equiv="refresh" content="0; url=${address}">`,
  );
  return { path: from, contentType: htmlType, body };
}

const htmlType = 'text/html; charset=utf-8';
const writers: readonly {
  readonly type: string;
  readonly write: (site: Site, departed: Departed) => string;
}[] = [
  { type: 'text/html', write: removedPage },
  { type: 'application/rss+xml', write: (site, departed) => endedFeed(site, departed, 'rss') },
  { type: 'application/atom+xml', write: (site, departed) => endedFeed(site, departed, 'atom') },
  { type: 'application/feed+json', write: (site, departed) => endedFeed(site, departed, 'json') },
];

function removedPage(site: Site): string {
  const home = escapeHtml(site.baseUrl);
  return htmlPage(
    site,
    'Removed',
    `<p>This page was here once and has been removed for good.</p>\n<p><a href="${home}">To the front page</a></p>`,
  );
}

function htmlPage(site: Site, title: string, content: string, links = ''): string {
  const style = escapeHtml(new URL(siteUrl(site, 'style.css')).pathname);
  return (
    `<!doctype html>\n<html lang="${escapeHtml(site.language)}">\n<head>\n<meta charset="utf-8">\n` +
    `<title>${title}</title>\n<meta name="viewport" content="width=device-width, initial-scale=1">\n` +
    `<meta name="robots" content="noindex">\n${links === '' ? '' : `${links}\n`}` +
    `<link rel="stylesheet" href="${style}">\n</head>\n<body>\n<main>\n<h1>${title}</h1>\n${content}\n</main>\n</body>\n</html>\n`
  );
}

/** A feed with one entry, which tells readers once, and the mark that there will be no other (RFC 5005 section 2). */
function endedFeed(site: Site, { path, at }: Departed, format: FeedFormat): string {
  const title = 'This feed has ended';
  const summary = `It was removed from ${site.title} and will not change again.`;
  const self = siteUrl(site, path);
  const feeds = siteUrl(site, feedsPagePath);
  const id = tagUri(site, 'feed', `ended/${path}`);
  const document: FeedDocument = feedDocument(
    site,
    { name: { kind: 'all' }, title: `${title} · ${site.title}`, subtitle: summary },
    {
      items: [
        {
          id: `${id}/entry`,
          title,
          url: feeds,
          summary,
          contentHtml: `<p>${escapeHtml(summary)} <a href="${escapeHtml(feeds)}">The feeds that there are</a></p>`,
          authors: [],
          categories: [],
          publishedAt: at,
          updatedAt: at,
          related: [],
        },
      ],
      formats: [format],
      paging: { kind: 'complete' },
    },
  );
  const formatUrls = { rss: self, atom: self, json: self };
  return renderFeed({ ...document, id, pageUrl: feeds, formatUrls }, format);
}
