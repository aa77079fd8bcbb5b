import type { Digest } from '../../domain/digest.ts';
import {
  editionPath,
  editionPicks,
  lateKey,
  type Edition,
  type EditionPaper,
  type Pick,
} from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { longDate } from '../../domain/time.ts';
import type { Topic } from '../../domain/topic.ts';
import { unicodeMaths } from '../maths.ts';
import { cleanText, cut, firstSentences } from '../text.ts';
import { coverageLine } from './edition-html.ts';
import { installedAt, tagUri } from './identity.ts';
import type { FeedCategory, FeedDocument, FeedItem } from './model.ts';
import { paperHtml, paperLinks, paperTitle, sampleNotice, submittedDate } from './paper-html.ts';
import { feedPagePath, feedPaths, feedsPagePath, iconPath, stylesheetPath, type FeedName } from './paths.ts';
import { pickedPapers, withDifferentTimes, type PickedPaper } from './picked.ts';

/** The most entries of a feed; there is no other limit by age, so that who was away for a week misses nothing. */
export const maxItems = 100;

const rights = 'Titles and abstracts are by the authors of the papers; see each paper for its licence.';

/** Every paper that was picked in these editions, newest first. */
export function allFeed(site: Site, editions: readonly Edition[]): FeedDocument {
  return feedDocument(
    site,
    { kind: 'all' },
    site.title,
    site.description,
    paperItems(site, pickedPapers(editions)),
  );
}

/** The picked papers that belong to the topic, wherever they stood. Their entries are the same as in `allFeed`. */
export function topicFeed(site: Site, topic: Topic, editions: readonly Edition[]): FeedDocument {
  const picked = pickedPapers(editions).filter(
    ({ pick }) => pick.topic === topic.key || pick.alsoIn.includes(topic.key),
  );
  const title = `${topic.name} · ${site.title}`;
  return feedDocument(
    site,
    { kind: 'topic', key: topic.key },
    title,
    `Papers on ${topic.name} that ${site.title} picked.`,
    paperItems(site, picked),
  );
}

/** One entry an edition of the digest, newest first, with the whole of it as `bodyHtml` writes it. */
export function editionsFeed(
  site: Site,
  digest: Digest,
  editions: readonly Edition[],
  bodyHtml: (edition: Edition) => string,
): FeedDocument {
  const newestFirst = editions
    .filter((edition) => edition.digest === digest.key)
    .toSorted((a, b) => b.publishedAt - a.publishedAt || b.number - a.number)
    .map((edition) => ({ edition, publishedAt: edition.publishedAt }));
  const items = withDifferentTimes(newestFirst).map(({ edition, publishedAt }): FeedItem => ({
    id: tagUri(site, 'edition', `${edition.digest}/${edition.editionDate}`),
    title: `${edition.digestName}, ${longDate(edition.editionDate)}`,
    url: siteUrl(site, editionPath(edition)),
    summary: editionSummary(edition),
    contentHtml: bodyHtml(edition),
    authors: [],
    categories: edition.sections.map(({ topic, name }) => ({
      term: topic,
      label: name,
      scheme: tagUri(site, 'topics'),
    })),
    publishedAt,
    updatedAt: publishedAt,
    related: [],
  }));
  return feedDocument(
    site,
    { kind: 'digest', key: digest.key },
    `${digest.name}, whole editions · ${site.title}`,
    digest.description || digest.name,
    items,
  );
}

function feedDocument(
  site: Site,
  name: FeedName,
  title: string,
  subtitle: string,
  items: readonly FeedItem[],
): FeedDocument {
  const paths = feedPaths(name);
  const kept = items.slice(0, maxItems);
  return {
    id: tagUri(site, 'feed', name.kind === 'all' ? 'all' : `${name.kind}/${name.key}`),
    title,
    subtitle: [subtitle || title, site.isSample ? sampleNotice : ''].filter(Boolean).join(' '),
    pageUrl: siteUrl(site, feedPagePath(name)),
    formatUrls: {
      rss: siteUrl(site, paths.rss),
      atom: siteUrl(site, paths.atom),
      json: siteUrl(site, paths.json),
    },
    stylesheetUrl: siteUrl(site, stylesheetPath),
    iconUrl: siteUrl(site, iconPath),
    language: site.language,
    publisher: site.title,
    rights,
    generatorUrl: siteUrl(site, feedsPagePath),
    updatedAt: kept.reduce((latest, item) => Math.max(latest, item.updatedAt), installedAt(site)),
    items: kept,
  };
}

function paperItems(site: Site, picked: readonly PickedPaper[]): readonly FeedItem[] {
  return picked.slice(0, maxItems).map((entry) => paperItem(site, entry));
}

function paperItem(site: Site, { pick, edition, publishedAt }: PickedPaper): FeedItem {
  const { paper } = pick;
  const title = paperTitle(paper);
  const submittedAt = submittedDate(paper);
  const links = paperLinks(paper);
  const abstract = links.find((link) => link.title === 'Abstract');
  const pdf = links.find((link) => link.title === 'PDF');
  return {
    id: tagUri(site, 'paper', paper.id),
    title,
    url: siteUrl(site, paperPath(paper.id)),
    ...(abstract && { externalUrl: abstract.url }),
    summary: firstSentences(unicodeMaths(cleanText(paper.abstract)), 2, 400).trim() || title,
    contentHtml: paperHtml(site, edition, pick),
    authors: paper.authors.map((author) => unicodeMaths(author.name)),
    categories: categories(site, pick),
    publishedAt,
    updatedAt: publishedAt,
    related: links.filter((link) => link !== pdf),
    ...(pdf && { enclosure: { url: pdf.url, mimeType: 'application/pdf' } }),
    paper: {
      aboutUrl: siteUrl(site, feedsPagePath),
      id: paper.id,
      ...(paper.version === undefined ? {} : { version: paper.version }),
      ...(paper.doi === undefined ? {} : { doi: paper.doi }),
      source: paper.source,
      ...(submittedAt === undefined ? {} : { submittedAt }),
      firstSeenAt: paper.firstSeenAt,
      authorCount: paper.authorCount,
      ...titleTex(paper, title),
    },
  };
}

function titleTex(paper: EditionPaper, title: string): { readonly titleTex?: string } {
  return /[$\\]/.test(paper.title) && paper.title !== title ? { titleTex: paper.title } : {};
}

/** The topics by their names, then the words of the source. */
function categories(site: Site, pick: Pick): readonly FeedCategory[] {
  const names = new Map(site.topics.map((topic) => [topic.key, topic.name]));
  const topics = [...new Set([pick.topic, ...pick.alsoIn])].filter(
    (key) => key !== 'outside' && key !== lateKey,
  );
  return [
    ...topics.map((key) => ({ term: key, label: names.get(key) ?? key, scheme: tagUri(site, 'topics') })),
    ...[...new Set(pick.paper.categories)].map((term) => ({
      term,
      label: term,
      scheme: tagUri(site, 'categories', pick.paper.source),
    })),
  ];
}

/** What it covers and its first titles. */
function editionSummary(edition: Edition): string {
  const titles = editionPicks(edition)
    .slice(0, 3)
    .map((pick) => paperTitle(pick.paper));
  return cut([coverageLine(edition), titles.join(' · ')].filter(Boolean).join(' '), 500);
}
