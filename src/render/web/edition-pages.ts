import type { Digest } from '../../domain/digest.ts';
import { editionPath, editionPicks, type Edition } from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import type { Site } from '../../domain/site.ts';
import { longDate, shortDate } from '../../domain/time.ts';
import { viewPath, type View, type ViewKind } from '../../domain/view.ts';
import { editionView } from './edition-view.ts';
import { digestFeeds, editionFeeds, siteFeeds, trendingFeeds } from './feed-links.ts';
import { archivePath, feedsPath, latestPaths, pageHref, topicPath } from './links.ts';
import { pictureOfEdition } from './picture.ts';
import { counted, line } from './prose.ts';
import type { WebPage } from './templates.ts';

/**
 * The page of one edition, which holds all that its mail has; `earlier` and `later` are its neighbours in the same
 * digest. `hasPicture` is false for an old one, whose picture is no longer kept.
 */
export function dayPage(
  site: Site,
  edition: Edition,
  neighbours: { readonly earlier: Edition | undefined; readonly later: Edition | undefined },
  hasPicture = true,
): WebPage {
  const picture = pictureOfEdition(site, edition);
  const name = `${line(edition.digestName)}, ${longDate(edition.editionDate)}`;
  return {
    path: editionPath(edition),
    template: 'day',
    title: name,
    description: `${counted(editionPicks(edition).length, 'paper')} in ${name}.`,
    feeds: [
      ...digestFeeds(site, { key: edition.digest, name: edition.digestName }),
      ...editionFeeds(site, edition),
    ],
    isListed: true,
    tab: '',
    ...(hasPicture && { picture: picture.path, pictureText: picture.text }),
    view: {
      edition: editionView(site, edition),
      earlier: neighbours.earlier && editionLink(site, neighbours.earlier),
      later: neighbours.later && editionLink(site, neighbours.later),
    },
  };
}

/**
 * The front page: the latest edition, what rises beside it, and how to get the paper. `newestFirst` holds every
 * edition, `lists` the newest list of each kind.
 */
export function homePage(
  site: Site,
  digests: readonly Digest[],
  newestFirst: readonly Edition[],
  lists: ReadonlyMap<ViewKind, View>,
): WebPage {
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
      lists: [...lists.values()].map((list) => shortList(site, list)),
      past: past.slice(0, 6).map((edition) => editionLink(site, edition)),
      digests: digests.map((digest) => ({
        name: line(digest.name),
        description: line(digest.description),
        feeds: digestFeeds(site, digest),
      })),
      siteFeeds: siteFeeds(site),
      trendingFeeds: trendingFeeds(site),
      topics: site.topics.map((topic) => ({
        name: line(topic.name),
        href: pageHref(site, topicPath(topic.key)),
      })),
      contact: site.contact,
      archiveHref: pageHref(site, archivePath),
      feedsHref: pageHref(site, feedsPath),
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

const shortListLength = 5;

/** The first titles of a list over several days. */
function shortList(site: Site, list: View): object {
  const names = { week: 'The best of the week', month: 'The best of the month', trending: 'Trending now' };
  return {
    id: `list-${list.kind}`,
    name: names[list.kind],
    href: pageHref(site, list.kind === 'trending' ? viewPath(list) : latestPaths[list.kind]),
    papers: list.picks.slice(0, shortListLength).map(({ paper, why }) => ({
      title: line(paper.title),
      href: pageHref(site, paperPath(paper.id)),
      why: line(why),
    })),
  };
}
