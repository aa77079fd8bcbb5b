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
export const topicsPath = 'topics/';
export const archivePath = 'archive/';
export const feedsPath = 'feeds/';

/** The pages that always show the newest list of their kind; each list has an address of its own beside. */
export const latestPaths = { week: 'week/', month: 'month/', trending: 'trending/' } as const;
