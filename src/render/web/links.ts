import { siteUrl, type Site } from '../../domain/site.ts';

/** The address of a page for links inside the site: from the host's root, with the site's path before it. */
export function pageHref(site: Site, path: string): string {
  return new URL(siteUrl(site, path)).pathname;
}

/** The path of a topic's page below the site's root. */
export function topicPath(key: string): string {
  return `t/${encodeURIComponent(key)}/`;
}

export const rankingPath = 'ranking/';
