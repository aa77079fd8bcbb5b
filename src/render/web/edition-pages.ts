import type { Digest } from '../../domain/digest.ts';
import { editionPath, editionPicks, type Edition } from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { longDate, shortDate } from '../../domain/time.ts';
import { editionView } from './edition-view.ts';
import { digestFeeds, siteFeeds } from './feed-links.ts';
import { pageHref, topicPath } from './links.ts';
import { counted, line } from './prose.ts';
import type { WebPage } from './templates.ts';

/** The page of one edition; `earlier` and `later` are its neighbours in the same digest. */
export function dayPage(
  site: Site,
  edition: Edition,
  neighbours: { readonly earlier: Edition | undefined; readonly later: Edition | undefined },
): WebPage {
  const name = `${line(edition.digestName)}, ${longDate(edition.editionDate)}`;
  return {
    path: editionPath(edition),
    template: 'day',
    title: name,
    description: `${counted(editionPicks(edition).length, 'paper')} in ${name}.`,
    feeds: digestFeeds(site, { key: edition.digest, name: edition.digestName }),
    isListed: true,
    view: {
      edition: editionView(site, edition),
      earlier: neighbours.earlier && editionLink(site, neighbours.earlier),
      later: neighbours.later && editionLink(site, neighbours.later),
    },
  };
}

/** The front page: the latest edition, and how to get the paper. `newestFirst` holds every edition. */
export function homePage(site: Site, digests: readonly Digest[], newestFirst: readonly Edition[]): WebPage {
  const [latest, ...past] = newestFirst;
  return {
    path: '',
    template: 'home',
    title: line(site.title),
    description: line(site.description),
    feeds: siteFeeds(site),
    isListed: true,
    view: {
      edition: latest && editionView(site, latest),
      editionHref: latest && pageHref(site, editionPath(latest)),
      past: past.slice(0, 6).map((edition) => editionLink(site, edition)),
      digests: digests.map((digest) => ({
        name: line(digest.name),
        description: line(digest.description),
        feeds: digestFeeds(site, digest),
      })),
      siteFeeds: siteFeeds(site),
      topics: site.topics.map((topic) => ({
        name: line(topic.name),
        href: pageHref(site, topicPath(topic.key)),
      })),
      contact: site.contact,
      archiveHref: pageHref(site, 'archive/'),
      feedsHref: pageHref(site, 'feeds/'),
    },
  };
}

function editionLink(site: Site, edition: Edition): object {
  return {
    href: pageHref(site, editionPath(edition)),
    isoDate: edition.editionDate,
    date: shortDate(edition.editionDate),
    name: line(edition.digestName),
    number: edition.number,
  };
}

/** Every edition by month, newest first. */
export function archivePage(
  site: Site,
  digests: readonly Digest[],
  newestFirst: readonly Edition[],
): WebPage {
  const months = Map.groupBy(newestFirst, (edition) => edition.editionDate.slice(0, 7));
  return {
    path: 'archive/',
    template: 'archive',
    title: 'Archive',
    description: `Every edition of ${line(site.title)}, by month.`,
    feeds: digests.flatMap((digest) => digestFeeds(site, digest)),
    isListed: true,
    view: {
      months: [...months].map(([month, editions]) => ({
        name: longDate(`${month}-01`).split(' ').slice(-2).join(' '),
        editions: editions.map((edition) => ({
          href: pageHref(site, editionPath(edition)),
          isoDate: edition.editionDate,
          date: shortDate(edition.editionDate),
          name: line(edition.digestName),
          number: edition.number,
          shown: counted(editionPicks(edition).length, 'paper'),
          topics: edition.sections
            .filter((section) => section.picks.length > 0)
            .map((section) => line(section.name))
            .join(', '),
        })),
      })),
    },
  };
}
