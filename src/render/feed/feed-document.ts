import { siteUrl, type Site } from '../../domain/site.ts';
import { installedAt, tagUri } from './identity.ts';
import type { FeedDocument, FeedFormat, FeedFormats, FeedItem, FeedPaging } from './model.ts';
import { sampleNotice } from './paper-html.ts';
import { feedPagePath, feedPaths, feedsPagePath, iconPath, stylesheetPath, type FeedName } from './paths.ts';

const rights = 'Titles and abstracts are by the authors of the papers; see each paper for its licence.';

/** What is said of a feed over its entries. */
export interface FeedHead {
  readonly name: FeedName;
  readonly title: string;
  readonly subtitle: string;
}

export interface FeedBody {
  /** Newest first. */
  readonly items: readonly FeedItem[];
  /** Where the document stands, below the site's root, when it is not the one that readers subscribe to. */
  readonly paths?: FeedFormats;
  readonly formats?: readonly FeedFormat[];
  readonly paging?: FeedPaging;
  /** The latest change where the document has no entry to tell it. */
  readonly atLeastAt?: number;
}

/** A document of a feed of this site. All documents of a feed have its id: they are parts of it (RFC 5005). */
export function feedDocument(site: Site, { name, title, subtitle }: FeedHead, body: FeedBody): FeedDocument {
  return {
    id: tagUri(site, 'feed', feedKey(name)),
    title,
    subtitle: [subtitle || title, site.isSample ? sampleNotice : ''].filter(Boolean).join(' '),
    pageUrl: siteUrl(site, feedPagePath(name)),
    formatUrls: formatUrls(site, body.paths ?? feedPaths(name)),
    ...(body.formats && { formats: body.formats }),
    ...(body.paging && { paging: body.paging }),
    ...(site.hubUrl !== undefined && { hubUrl: site.hubUrl }),
    stylesheetUrl: siteUrl(site, stylesheetPath),
    iconUrl: siteUrl(site, iconPath),
    language: site.language,
    publisher: site.title,
    rights,
    generatorUrl: siteUrl(site, feedsPagePath),
    updatedAt: body.items.reduce(
      (latest, item) => Math.max(latest, item.updatedAt),
      body.atLeastAt ?? installedAt(site),
    ),
    items: body.items,
  };
}

/** Where a document stands in each format, absolute. */
export function formatUrls(site: Site, { rss, atom, json }: FeedFormats): FeedFormats {
  return { rss: siteUrl(site, rss), atom: siteUrl(site, atom), json: siteUrl(site, json) };
}

function feedKey(name: FeedName): string {
  switch (name.kind) {
    case 'all':
    case 'trending':
      return name.kind;
    case 'edition':
      return `edition/${name.digest}/${name.editionDate}`;
    case 'paper':
      return `paper/${name.id}`;
    default:
      return `${name.kind}/${name.key}`;
  }
}
