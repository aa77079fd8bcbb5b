import type { Digest } from '../../domain/digest.ts';
import type { Edition } from '../../domain/edition.ts';
import { isFollowed, type Follow } from '../../domain/follow.ts';
import type { PaperId } from '../../domain/paper.ts';
import type { Site } from '../../domain/site.ts';
import type { Topic } from '../../domain/topic.ts';
import type { TrendingEntry } from '../../domain/view.ts';
import { maxItems } from './archive.ts';
import { editionEntries, feedEntries, type FeedEntries } from './entries.ts';
import { paperEvents } from './event-items.ts';
import { feedDocument, type FeedHead } from './feed-document.ts';
import type { FeedDocument } from './model.ts';
import { editionPlace, paperTitle } from './paper-html.ts';
import { feedPaths, type FeedName } from './paths.ts';
import { feedSeries, type FeedPart } from './series.ts';
import { timelineOf } from './timeline.ts';

/** Every paper that was picked in these editions, newest first: the document that readers subscribe to. */
export function allFeed(site: Site, editions: readonly Edition[]): FeedDocument {
  return subscribed(allSeries(site, feedEntries(site, timelineOf(editions))));
}

/** The picked papers that belong to the topic, wherever they stood. Their entries are the same as in `allFeed`. */
export function topicFeed(site: Site, topic: Topic, editions: readonly Edition[]): FeedDocument {
  return subscribed(topicSeries(site, topic, feedEntries(site, timelineOf(editions))));
}

/** The papers that entered the list of what is trending, each once, newest first. */
export function trendingFeed(
  site: Site,
  editions: readonly Edition[],
  trending: readonly TrendingEntry[],
): FeedDocument {
  return subscribed(trendingSeries(site, feedEntries(site, timelineOf(editions, trending))));
}

/** One entry an edition of the digest, newest first, with the whole of it as `bodyHtml` writes it. */
export function editionsFeed(
  site: Site,
  digest: Digest,
  editions: readonly Edition[],
  bodyHtml: (edition: Edition) => string,
): FeedDocument {
  return subscribed(digestSeries(site, digest, editions, bodyHtml));
}

export function allSeries(site: Site, entries: FeedEntries): readonly FeedPart[] {
  const head: FeedHead = { name: { kind: 'all' }, title: site.title, subtitle: site.description };
  return feedSeries(site, head, entries.picked);
}

export function topicSeries(site: Site, topic: Topic, entries: FeedEntries): readonly FeedPart[] {
  const head: FeedHead = {
    name: { kind: 'topic', key: topic.key },
    title: `${topic.name} · ${site.title}`,
    subtitle: `Papers on ${topic.name} that ${site.title} picked.`,
  };
  const own = entries.picked.filter(
    ({ pick }) => pick.topic === topic.key || pick.alsoIn.includes(topic.key),
  );
  return feedSeries(site, head, own);
}

export function trendingSeries(site: Site, entries: FeedEntries): readonly FeedPart[] {
  const head: FeedHead = {
    name: { kind: 'trending' },
    title: `Trending · ${site.title}`,
    subtitle: `Papers that rise faster than is usual, each once, when ${site.title} first saw it rise.`,
  };
  return feedSeries(site, head, entries.trending);
}

/** The picks of an author or a lab. */
export function followSeries(site: Site, follow: Follow, entries: FeedEntries): readonly FeedPart[] {
  const head: FeedHead = {
    name: { kind: follow.kind, key: follow.key },
    title: `${follow.name} · ${site.title}`,
    subtitle:
      follow.kind === 'author'
        ? `Papers by ${follow.name} that ${site.title} picked.`
        : `Papers from ${follow.name} that ${site.title} picked.`,
  };
  return feedSeries(
    site,
    head,
    entries.picked.filter(({ pick }) => isFollowed(pick.paper, follow)),
  );
}

export function digestSeries(
  site: Site,
  digest: Digest,
  editions: readonly Edition[],
  bodyHtml: (edition: Edition) => string,
): readonly FeedPart[] {
  const head: FeedHead = {
    name: { kind: 'digest', key: digest.key },
    title: `${digest.name}, whole editions · ${site.title}`,
    subtitle: digest.description || digest.name,
  };
  const own = editions.filter((edition) => edition.digest === digest.key);
  return feedSeries(site, head, editionEntries(site, own, bodyHtml));
}

/** The picks of one edition: a document that is complete, unless it has more picks than a feed has entries. */
export function editionPart(site: Site, edition: Edition, entries: FeedEntries): FeedPart {
  const picks = entries.ofEdition(edition);
  const name: FeedName = { kind: 'edition', digest: edition.digest, editionDate: edition.editionDate };
  const head = (): FeedHead => ({
    name,
    title: `${editionPlace(edition).name} · ${site.title}`,
    subtitle: `The picks of one edition, number ${edition.number}. Nothing is added to it.`,
  });
  return closedPart(site, name, head, {
    period: edition.editionDate.slice(0, 7),
    formats: ['rss', 'atom', 'json'],
    basis: picks.map((entry) => entry.basis(true)),
    isComplete: picks.length <= maxItems,
    items: () => picks.slice(0, maxItems).map((entry) => entry.item(true)),
  });
}

/**
 * What happened to a paper that was picked or trending: that editions picked it, that it rose, its new versions, that it was withdrawn.
 * In Atom only: it is one more file for every paper there ever was, which three formats would make three.
 */
export function paperPart(site: Site, id: PaperId, entries: FeedEntries): FeedPart {
  const { ofPaper, trendedOf } = entries.timeline;
  const name: FeedName = { kind: 'paper', id };
  const head = (): FeedHead => {
    const pick = ofPaper.get(id)?.[0]?.pick ?? trendedOf.get(id)?.[0]?.entry.pick;
    const title = pick ? paperTitle(pick.paper) : id;
    return { name, title: `${title} · ${site.title}`, subtitle: 'Its versions, and where it was picked.' };
  };
  return closedPart(site, name, head, {
    period: 'papers',
    formats: ['atom'],
    basis: [entries.paperBasis(id)],
    isComplete: false,
    items: () => paperEvents(site, entries.timeline, id).slice(0, maxItems),
  });
}

function closedPart(
  site: Site,
  name: FeedName,
  head: () => FeedHead,
  body: Pick<FeedPart, 'period' | 'formats' | 'basis'> & {
    readonly isComplete: boolean;
    readonly items: () => FeedDocument['items'];
  },
): FeedPart {
  const { isComplete, items, formats } = body;
  return {
    paths: feedPaths(name),
    formats,
    basis: [name, ...body.basis],
    period: body.period,
    document: () =>
      feedDocument(site, head(), {
        items: items(),
        ...(formats.length < 3 && { formats }),
        ...(isComplete && { paging: { kind: 'complete' } }),
      }),
  };
}

function subscribed([first]: readonly FeedPart[]): FeedDocument {
  if (!first) throw new TypeError('a feed has no document');
  return first.document();
}
