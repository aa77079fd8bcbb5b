import { lateKey, type EditionPaper, type Pick } from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { formatInstant, longDate, type Instant } from '../../domain/time.ts';
import { viewPath, type TrendingEntry } from '../../domain/view.ts';
import { unicodeMaths } from '../maths.ts';
import { cleanText, firstSentences } from '../text.ts';
import { tagUri } from './identity.ts';
import type { FeedCategory, FeedItem, FeedPaper, FeedPick } from './model.ts';
import { paperHtml, paperLinks, paperTitle, submittedDate, type PickPlace } from './paper-html.ts';
import { feedPaths, feedsPagePath } from './paths.ts';
import type { PaperChange } from './timeline.ts';

/** A pick as an entry. */
export interface PickEntry {
  readonly pick: Pick;
  readonly place: PickPlace;
  readonly publishedAt: Instant;
  /** What happened to the paper since, oldest first. */
  readonly changes: readonly PaperChange[];
}

/**
 * The entry of a paper. Its id is the same in every feed, whatever changes; a change that readers should know moves
 * `updatedAt`, and that of its title stands in the title.
 */
export function paperItem(site: Site, { pick, place, publishedAt, changes }: PickEntry): FeedItem {
  const { paper } = pick;
  const last = changes.at(-1);
  const isWithdrawn = changes.some((change) => change.kind === 'withdrawn');
  return {
    ...paperParts(site, paper, { titleTex: last?.update.title || paper.title, isWithdrawn }),
    url: siteUrl(site, paperPath(paper.id)),
    contentHtml: paperHtml(site, pick, place, changes),
    categories: categories(site, pick),
    publishedAt,
    updatedAt: Math.max(publishedAt, last?.changedAt ?? publishedAt),
    source: { title: site.title, url: siteUrl(site, feedPaths({ kind: 'all' }).rss) },
    pick: pickFacts(site, pick),
  };
}

/** What of an entry is the same wherever the paper stands; `titleTex` is its title as the source wrote it last. */
export function paperParts(
  site: Site,
  paper: EditionPaper,
  { titleTex, isWithdrawn }: { readonly titleTex: string; readonly isWithdrawn: boolean },
): Omit<FeedItem, 'url' | 'contentHtml' | 'categories' | 'publishedAt' | 'updatedAt'> {
  const title = paperTitle({ id: paper.id, title: titleTex });
  const links = paperLinks(paper);
  const abstract = links.find((link) => link.title === 'Abstract');
  const pdf = links.find((link) => link.title === 'PDF');
  return {
    id: tagUri(site, 'paper', paper.id),
    title: isWithdrawn ? `[Withdrawn] ${title}` : title,
    ...(abstract && { externalUrl: abstract.url }),
    summary: firstSentences(unicodeMaths(cleanText(paper.abstract)), 2, 400).trim() || title,
    authors: paper.authors.map((author) => unicodeMaths(author.name)),
    related: links.filter((link) => link !== pdf),
    ...(pdf && { enclosure: { url: pdf.url, mimeType: 'application/pdf' } }),
    paper: paperFacts(site, paper, titleTex === title || !/[$\\]/.test(titleTex) ? undefined : titleTex),
  };
}

/** The list of what is trending on a day, as the place of what entered it then. */
export function trendingPlace({ editionDate }: TrendingEntry): PickPlace {
  return {
    name: `Trending, ${longDate(editionDate)}`,
    path: viewPath({ kind: 'trending', period: editionDate }),
  };
}

function paperFacts(site: Site, paper: EditionPaper, titleTex: string | undefined): FeedPaper {
  const submittedAt = submittedDate(paper);
  return {
    aboutUrl: siteUrl(site, feedsPagePath),
    id: paper.id,
    ...(paper.version === undefined ? {} : { version: paper.version }),
    ...(paper.doi === undefined ? {} : { doi: paper.doi }),
    source: paper.source,
    ...(submittedAt === undefined ? {} : { submittedAt }),
    firstSeenAt: paper.firstSeenAt,
    authorCount: paper.authorCount,
    ...(titleTex === undefined ? {} : { titleTex }),
  };
}

function pickFacts(site: Site, { score, why, rank, topic, paper }: Pick): FeedPick {
  const { trend, chance } = score;
  return {
    aboutUrl: siteUrl(site, feedsPagePath),
    why,
    rank,
    topic,
    score: rounded(score.value),
    parts: score.parts.map(({ name, value }) => ({ name, value: rounded(value) })),
    ...(trend && {
      percentile: rounded(trend.percentile),
      gained: rounded(trend.gained),
      hours: rounded(trend.hours),
    }),
    ...(chance !== undefined && { chance: rounded(chance) }),
    missing: score.missing,
    counts: Object.fromEntries(Object.entries(paper.counts).filter(([, count]) => count !== undefined)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** The topics by their names, then the words of the source. */
function categories(site: Site, pick: Pick): readonly FeedCategory[] {
  const names = new Map(site.topics.map((topic) => [topic.key, topic.name]));
  const topics = [...new Set([pick.topic, ...pick.alsoIn])].filter(
    (key) => key !== 'outside' && key !== lateKey,
  );
  return [
    ...topics.map((key) => ({ term: key, label: names.get(key) ?? key, scheme: tagUri(site, 'topics') })),
    ...sourceCategories(site, pick.paper),
  ];
}

/** The words of the source. */
export function sourceCategories(site: Site, paper: EditionPaper): readonly FeedCategory[] {
  return [...new Set(paper.categories)].map((term) => ({
    term,
    label: term,
    scheme: tagUri(site, 'categories', paper.source),
  }));
}

/** Names a change in what an entry is made of. */
export function changeName({ edition, update, kind, changedAt }: PaperChange): string {
  return `${edition.digest} ${edition.editionDate} ${update.id} ${kind} ${formatInstant(changedAt)}`;
}
