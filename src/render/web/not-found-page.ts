import type { Site } from '../../domain/site.ts';
import { archivePath, feedsPath, pageHref } from './links.ts';
import type { WebPage } from './templates.ts';

/** Served with status 404 for every address that has no document. */
export function notFoundPage(site: Site): WebPage {
  return {
    path: '404.html',
    template: 'not-found',
    title: 'Not found',
    description: 'There is no page at this address.',
    feeds: [],
    isListed: false,
    view: {
      homeHref: pageHref(site, ''),
      archiveHref: pageHref(site, archivePath),
      feedsHref: pageHref(site, feedsPath),
    },
  };
}
