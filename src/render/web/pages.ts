import type { Digest } from '../../domain/digest.ts';
import { editionPath, type Edition } from '../../domain/edition.ts';
import type { PaperId } from '../../domain/paper.ts';
import type { Signal } from '../../domain/signal.ts';
import type { PublishedDocument, Site } from '../../domain/site.ts';
import { viewKinds, viewPath, type TrendingEntry, type View, type ViewKind } from '../../domain/view.ts';
import { basisOf, editionName } from '../basis.ts';
import { archivePage } from './archive-page.ts';
import { dayPage, homePage } from './edition-pages.ts';
import { feedsPage } from './feeds-page.ts';
import {
  archivePath,
  feedsPath,
  latestPaths,
  pageHref,
  rankingPath,
  topicPath,
  topicsPath,
} from './links.ts';
import { notFoundPage } from './not-found-page.ts';
import { crowdedPapers, paperDocuments } from './paper-documents.ts';
import { paperPlaces } from './paper-places.ts';
import { pictureOfEdition, pictureOfSite, pictureOfTopic, pictureOfView, type Picture } from './picture.ts';
import { paintPng } from './picture-png.ts';
import { rankingPage } from './ranking-page.ts';
import { pageDocument, type Pages, type WebPage } from './templates.ts';
import { topicPage } from './topic-page.ts';
import { topicWeeks } from './topic-weeks.ts';
import { topicsPage } from './topics-page.ts';
import { emptyViewPage, viewPage } from './view-pages.ts';

/** What pages show beside the editions; all of it as it stood at the newest edition or list. */
export interface PageInputs {
  /** Lists over several days. */
  readonly views: readonly View[];
  /** Papers that were trending at some time: each has a page for ever. */
  readonly trending: readonly TrendingEntry[];
  /** What was counted of each paper, see `plottedUntil`; oldest first. */
  readonly histories: ReadonlyMap<PaperId, readonly Signal[]>;
}

const noInputs: PageInputs = { views: [], trending: [], histories: new Map() };

/** So many editions of a digest have a picture of their own; older ones share the site's. Drawing one takes 20 ms. */
const picturedEditions = 60;

/**
 * Every page of the site, its pictures, style sheet, icon and robots.txt, made from the frozen editions and lists and
 * nothing else: the same ones in any order give the same bytes. A body is made when it is asked for.
 *
 * Links inside the site start at the host's root and carry the site's path; no page has a script, an inline
 * style or anything from another host.
 */
export function renderPages(
  pages: Pages,
  site: Site,
  digests: readonly Digest[],
  editions: readonly Edition[],
  inputs: PageInputs = noInputs,
): readonly PublishedDocument[] {
  const newestFirst = editions.toSorted(
    (a, b) =>
      b.publishedAt - a.publishedAt || compareKeys(digests, a.digest, b.digest) || b.number - a.number,
  );
  const [first] = digests;
  const zone = first?.zone ?? 'Etc/UTC';
  const lists = Map.groupBy(byPeriod(inputs.views), (view) => view.kind);
  const latest = new Map(viewKinds.flatMap((kind) => latestOf(kind, lists)));
  const common = basisOf(pages.name, site, digests);
  const all = basisOf(common, newestFirst.map(editionName), inputs.views.map(viewName).toSorted());
  const trending = inputs.trending.toSorted(lastEntered);
  const made = (path: string, basis: string, page: () => WebPage): PublishedDocument =>
    pageDocument(pages, site, path, basis, page);

  let counted: ReturnType<typeof topicWeeks> | undefined;
  const weeks = (): ReturnType<typeof topicWeeks> =>
    (counted ??= topicWeeks(
      site.topics.map((topic) => topic.key),
      newestFirst,
    ));
  const pictured = new Set(
    [...Map.groupBy(newestFirst, (edition) => edition.digest).values()].flatMap((issues) =>
      issues.slice(0, picturedEditions),
    ),
  );
  const pictureOf = (edition: Edition): Picture | undefined =>
    pictured.has(edition) ? pictureOfEdition(site, edition) : undefined;
  const places = paperPlaces(newestFirst, inputs.views, trending);
  const crowded = crowdedPapers(places.map((paper) => paper.id));

  return [
    made('', all, () => homePage(site, digests, newestFirst, latest)),
    ...dayDocuments(site, newestFirst, common, made, pictured),
    ...viewKinds.flatMap((kind) => viewDocuments(site, kind, lists.get(kind) ?? [], common, zone, made)),
    made(topicsPath, all, () => topicsPage(site, newestFirst, weeks())),
    ...site.topics.map((topic) =>
      made(topicPath(topic.key), all, () =>
        topicPage(site, topic, newestFirst, weeks().get(topic.key) ?? []),
      ),
    ),
    ...places.flatMap((paper) =>
      paperDocuments(paper, {
        site,
        zone,
        common,
        made,
        pictureOf,
        isCited: !crowded.has(paper.id),
        signals: inputs.histories.get(paper.id) ?? [],
      }),
    ),
    made(archivePath, all, () => archivePage(site, digests, newestFirst, inputs.views)),
    made(feedsPath, basisOf(all, trending.slice(0, 3)), () =>
      feedsPage(site, digests, newestFirst, trending),
    ),
    made(rankingPath, common, () => rankingPage(site)),
    made('404.html', common, () => notFoundPage(site)),
    pictureDocument(pictureOfSite(site), common),
    ...site.topics.map((topic) => pictureDocument(pictureOfTopic(site, topic), common)),
    ...[...pictured].map((edition) =>
      pictureDocument(pictureOfEdition(site, edition), basisOf(common, editionName(edition))),
    ),
    ...shownLists(lists).map((view) =>
      pictureDocument(pictureOfView(site, view), basisOf(common, viewName(view))),
    ),
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

/** The last entered first; those of one time by the place they had. */
function lastEntered(a: TrendingEntry, b: TrendingEntry): number {
  return (
    b.enteredAt - a.enteredAt || a.pick.rank - b.pick.rank || (a.pick.paper.id < b.pick.paper.id ? -1 : 1)
  );
}

/** The newest period first. */
function byPeriod(views: readonly View[]): readonly View[] {
  return views.toSorted((a, b) => (a.period < b.period ? 1 : a.period > b.period ? -1 : b.madeAt - a.madeAt));
}

function latestOf(
  kind: ViewKind,
  lists: ReadonlyMap<ViewKind, readonly View[]>,
): readonly (readonly [ViewKind, View])[] {
  const [newest] = lists.get(kind) ?? [];
  return newest && newest.picks.length > 0 ? [[kind, newest]] : [];
}

/** What is trending has one page, of the newest list. */
function shownLists(lists: ReadonlyMap<ViewKind, readonly View[]>): readonly View[] {
  return viewKinds.flatMap((kind) => (lists.get(kind) ?? []).slice(0, kind === 'trending' ? 1 : undefined));
}

const names = new WeakMap<View, string>();

function viewName(view: View): string {
  const name = names.get(view) ?? basisOf(view);
  names.set(view, name);
  return name;
}

type MadePage = (path: string, basis: string, page: () => WebPage) => PublishedDocument;

function dayDocuments(
  site: Site,
  newestFirst: readonly Edition[],
  common: string,
  made: MadePage,
  pictured: ReadonlySet<Edition>,
): readonly PublishedDocument[] {
  const digests = Map.groupBy(newestFirst, (edition) => edition.digest);
  return [...digests.values()].flatMap((issues) =>
    issues.map((edition, index) => {
      const neighbours = { earlier: issues[index + 1], later: issues[index - 1] };
      const around = [neighbours.earlier, edition, neighbours.later].map((one) => one && editionName(one));
      const hasPicture = pictured.has(edition);
      return made(editionPath(edition), basisOf(common, around, hasPicture), () =>
        dayPage(site, edition, neighbours, hasPicture),
      );
    }),
  );
}

/** The page of each list, and the one that always shows the newest. `views` are of one kind, the newest first. */
function viewDocuments(
  site: Site,
  kind: ViewKind,
  views: readonly View[],
  common: string,
  zone: string,
  made: MadePage,
): readonly PublishedDocument[] {
  const path = latestPaths[kind];
  const [newest, before] = views;
  if (!newest) return [made(path, common, () => emptyViewPage(site, kind))];
  const own = views.map((view, index) => {
    const neighbours = { earlier: views[index + 1], later: views[index - 1] };
    const basis = basisOf(common, viewName(view), neighbours.earlier?.period, neighbours.later?.period);
    return made(viewPath(view), basis, () => viewPage(site, view, zone, neighbours));
  });
  const latest = { earlier: kind === 'trending' ? undefined : before, later: undefined };
  const basis = basisOf(common, viewName(newest), latest.earlier?.period);
  return [
    made(path, basis, () => viewPage(site, newest, zone, latest, path)),
    ...(kind === 'trending' ? [] : own),
  ];
}

function pictureDocument(picture: Picture, basis: string): PublishedDocument {
  return {
    path: picture.path,
    contentType: 'image/png',
    basis,
    get body() {
      return paintPng(picture.svg());
    },
  };
}

/** RFC 9309. The outbox is private; a sample site is not listed at all. */
function robots(site: Site): string {
  return `User-agent: *\nDisallow: ${pageHref(site, site.isSample ? '' : 'outbox/')}\n`;
}
