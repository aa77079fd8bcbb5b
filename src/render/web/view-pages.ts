import type { Site } from '../../domain/site.ts';
import { calendarDate } from '../../domain/time.ts';
import { viewPath, type View, type ViewKind } from '../../domain/view.ts';
import { cardView } from './card.ts';
import { siteFeeds, trendingFeeds } from './feed-links.ts';
import { archivePath, latestPaths, pageHref, rankingPath } from './links.ts';
import { pictureOfView } from './picture.ts';
import { counted, line, timeView } from './prose.ts';
import type { WebPage } from './templates.ts';
import { viewNames } from './view-names.ts';

/** Shown with two sentences of the abstract; the others only with their title, byline and reason. */
const wholeCards = 12;

/** The lists of one kind around a list. */
export interface ViewNeighbours {
  readonly earlier: View | undefined;
  readonly later: View | undefined;
}

/**
 * The page of a week, a month or what is trending. `zone` is where its days begin. `path` is the address it is made
 * for: its own, or the one that always has the newest list of its kind.
 */
export function viewPage(
  site: Site,
  view: View,
  zone: string,
  neighbours: ViewNeighbours,
  path: string = viewPath(view),
): WebPage {
  const { title, range } = viewNames(view);
  const picture = pictureOfView(site, view);
  return {
    path,
    canonicalPath: viewPath(view),
    tab: latestPaths[view.kind],
    template: 'view',
    title: view.kind === 'trending' ? title : `The best of ${title.replace(/^W/, 'w')}`,
    description: `${counted(view.picks.length, 'paper')} of ${range} in ${line(site.title)}, best first, with the reason for each.`,
    feeds: view.kind === 'trending' ? trendingFeeds(site) : siteFeeds(site),
    isListed: true,
    picture: picture.path,
    pictureText: picture.text,
    view: {
      heading: title,
      range,
      intro: introOf(view),
      isOpen: view.kind !== 'trending' && isOpen(view, zone),
      madeAt: timeView(view.madeAt, zone),
      papers: counted(view.papers, 'paper'),
      listName: view.kind === 'trending' ? 'Rising now' : `The best ${view.picks.length}`,
      rows: view.picks.map((pick) => ({
        place: pick.rank,
        card: { ...cardView(site, pick, { in: 'list' }), ...(pick.rank > wholeCards && { summary: '' }) },
      })),
      rankingHref: pageHref(site, rankingPath),
      archiveHref: pageHref(site, archivePath),
      feeds: view.kind === 'trending' ? trendingFeeds(site) : [],
      earlier: neighbours.earlier && viewLink(site, neighbours.earlier),
      later: neighbours.later && viewLink(site, neighbours.later),
    },
  };
}

/** The page of a kind of which nothing has been made yet. */
export function emptyViewPage(site: Site, kind: ViewKind): WebPage {
  const title = { week: 'The week', month: 'The month', trending: 'Trending' }[kind];
  return {
    path: latestPaths[kind],
    template: 'view-empty',
    title,
    description: `${title} in ${line(site.title)}.`,
    feeds: kind === 'trending' ? trendingFeeds(site) : siteFeeds(site),
    isListed: true,
    view: { heading: title, homeHref: pageHref(site, '') },
  };
}

/** Its last day is not over: the list still changes. */
export function isOpen(view: View, zone: string): boolean {
  return calendarDate(view.madeAt, zone) <= view.toDate;
}

export interface ViewLink {
  readonly href: string;
  readonly date: string;
}

export function viewLink(site: Site, view: View): ViewLink {
  return { href: pageHref(site, viewPath(view)), date: viewNames(view).title };
}

function introOf({ kind, insteadOfVotes }: View): string {
  const measure = insteadOfVotes === undefined ? 'votes' : insteadOfVotes;
  if (kind === 'trending') {
    return insteadOfVotes === undefined
      ? 'Papers of the last days by the votes that they gained in the last 24 hours, against what is usual at their age.'
      : `Papers of the last days that gain ${measure} fastest. No source told votes.`;
  }
  return insteadOfVotes === undefined
    ? 'Papers listed in this time, by the votes they can be expected to have in the end.'
    : `Papers listed in this time, by ${measure}. No source told votes.`;
}
