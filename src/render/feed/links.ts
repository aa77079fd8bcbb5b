import type { FeedDocument, FeedFormat } from './model.ts';

/** The attributes of a `link` of RFC 4287, which RSS takes over. */
export type FeedLinkAttributes = Readonly<Record<'rel' | 'href', string>> & { readonly type?: string };

/** The media types of the formats. */
export const mediaTypes: Readonly<Record<FeedFormat, string>> = {
  rss: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
};

/**
 * What a document in one format says of others: itself, the same in the other formats, the hub, and its place among the
 * archive documents (RFC 5005). A complete document has no other pages.
 */
export function feedLinks(document: FeedDocument, format: FeedFormat): readonly FeedLinkAttributes[] {
  const { formatUrls, formats = ['rss', 'atom', 'json'], paging = {}, hubUrl } = document;
  const type = mediaTypes[format];
  return [
    { rel: 'self', type, href: formatUrls[format] },
    ...formats
      .filter((other) => other !== format)
      .map((other) => ({ rel: 'alternate', type: mediaTypes[other], href: formatUrls[other] })),
    ...(hubUrl === undefined ? [] : [{ rel: 'hub', href: hubUrl }]),
    ...(paging.current ? [{ rel: 'current', type, href: paging.current[format] }] : []),
    ...(paging.prevArchive ? [{ rel: 'prev-archive', type, href: paging.prevArchive[format] }] : []),
    ...(paging.nextArchive ? [{ rel: 'next-archive', type, href: paging.nextArchive[format] }] : []),
  ];
}
