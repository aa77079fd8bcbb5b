import type { Digest } from '../../domain/digest.ts';
import { editionPath, type Edition } from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import type { PublishedDocument, Site } from '../../domain/site.ts';
import { basisOf, editionName } from '../basis.ts';
import { archivePage, dayPage, homePage } from './edition-pages.ts';
import { feedsPage } from './feeds-page.ts';
import { pageHref, rankingPath, topicPath } from './links.ts';
import { paperPage, pickedPapers } from './paper-page.ts';
import { pageDocument, type Pages, type WebPage } from './templates.ts';
import { rankingPage } from './ranking-page.ts';
import { topicPage } from './topic-page.ts';

/**
 * Every page of the site, its style sheet, icon and robots.txt, made from the frozen editions and nothing else:
 * the same editions in any order give the same bytes. A page is made when its body is asked for.
 *
 * Links inside the site start at the host's root and carry the site's path; no page has a script, an inline
 * style or anything from another host.
 */
export function renderPages(
  pages: Pages,
  site: Site,
  digests: readonly Digest[],
  editions: readonly Edition[],
): readonly PublishedDocument[] {
  const newestFirst = editions.toSorted(
    (a, b) =>
      b.publishedAt - a.publishedAt || compareKeys(digests, a.digest, b.digest) || b.number - a.number,
  );
  const common = basisOf(pages.name, site, digests);
  const all = basisOf(common, newestFirst.map(editionName));
  const made = (path: string, basis: string, page: () => WebPage): PublishedDocument =>
    pageDocument(pages, site, path, basis, page);
  return [
    made('', all, () => homePage(site, digests, newestFirst)),
    ...dayPages(site, newestFirst, common, made),
    ...site.topics.map((topic) => made(topicPath(topic.key), all, () => topicPage(site, topic, newestFirst))),
    ...[...pickedPapers(newestFirst)].flatMap(([id, picked]) => {
      const [newest] = picked;
      const basis = basisOf(
        common,
        picked.map(({ edition, pick }) => [editionName(edition), pick.rank]),
      );
      return newest ? [made(paperPath(id), basis, () => paperPage(site, newest, picked))] : [];
    }),
    made('archive/', all, () => archivePage(site, digests, newestFirst)),
    made('feeds/', common, () => feedsPage(site, digests)),
    made(rankingPath, common, () => rankingPage(site)),
    made('404.html', common, () => notFoundPage(site)),
    { path: 'style.css', contentType: 'text/css; charset=utf-8', body: pages.styleSheet },
    { path: 'icon.svg', contentType: 'image/svg+xml', body: pages.icon },
    { path: 'robots.txt', contentType: 'text/plain; charset=utf-8', body: robots(site) },
  ];
}

/** The configured order of the digests; one that is no longer configured stands last, by its key. */
function compareKeys(digests: readonly Digest[], a: string, b: string): number {
  const place = (key: string): number => digests.findIndex((digest) => digest.key === key) + 1 || Infinity;
  if (place(a) !== place(b)) return place(a) - place(b);
  return a < b ? -1 : Number(a > b);
}

function dayPages(
  site: Site,
  newestFirst: readonly Edition[],
  common: string,
  made: (path: string, basis: string, page: () => WebPage) => PublishedDocument,
): readonly PublishedDocument[] {
  const digests = Map.groupBy(newestFirst, (edition) => edition.digest);
  return [...digests.values()].flatMap((issues) =>
    issues.map((edition, index) => {
      const neighbours = { earlier: issues[index + 1], later: issues[index - 1] };
      const around = [neighbours.earlier, edition, neighbours.later].map((one) => one && editionName(one));
      return made(editionPath(edition), basisOf(common, around), () => dayPage(site, edition, neighbours));
    }),
  );
}

/** Served with status 404 for every address that has no document. */
function notFoundPage(site: Site): WebPage {
  return {
    path: '404.html',
    template: 'not-found',
    title: 'Not found',
    description: 'There is no page at this address.',
    feeds: [],
    isListed: false,
    view: {
      homeHref: pageHref(site, ''),
      archiveHref: pageHref(site, 'archive/'),
      feedsHref: pageHref(site, 'feeds/'),
    },
  };
}

/** RFC 9309. The outbox is private; a sample site is not listed at all. */
function robots(site: Site): string {
  return `User-agent: *\nDisallow: ${pageHref(site, site.isSample ? '' : 'outbox/')}\n`;
}
