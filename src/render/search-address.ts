import { requestQuery, type SearchRequest } from '../domain/search-request.ts';
import { siteUrl, type Site } from '../domain/site.ts';
import type { FeedFormats } from './feed/model.ts';

/** The path of the search page below the site's root. */
export const searchPath = 'search';

/** The paths of the feeds of every search; which one it is the parameters tell. */
export const searchFeedPaths: FeedFormats = {
  rss: 'search/feed.xml',
  atom: 'search/feed.atom.xml',
  json: 'search/feed.json',
};

/** The page of a search, absolute. */
export function searchUrl(site: Site, request: SearchRequest): string {
  return siteUrl(site, `${searchPath}${requestQuery(request)}`);
}

/** The feeds of a search, absolute. They hold the newest papers, whatever the page is sorted by. */
export function searchFeedUrls(site: Site, request: SearchRequest): FeedFormats {
  const query = requestQuery(feedRequest(request));
  return {
    rss: siteUrl(site, searchFeedPaths.rss + query),
    atom: siteUrl(site, searchFeedPaths.atom + query),
    json: siteUrl(site, searchFeedPaths.json + query),
  };
}

/** What of a request its feed depends on. */
export function feedRequest(request: SearchRequest): SearchRequest {
  return { ...request, sort: 'newest', page: 1 };
}
