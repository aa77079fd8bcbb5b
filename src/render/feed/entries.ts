import { editionPath, editionPicks, type Edition, type Pick } from '../../domain/edition.ts';
import type { PaperId } from '../../domain/paper.ts';
import { secondMs, type Instant } from '../../domain/time.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { basisOf, editionName } from '../basis.ts';
import { cut } from '../text.ts';
import { coverageLine } from './edition-html.ts';
import { tagUri } from './identity.ts';
import type { FeedItem } from './model.ts';
import { editionPlace, paperTitle, type PickPlace } from './paper-html.ts';
import { changeName, paperItem, trendingPlace, type PickEntry } from './paper-item.ts';
import { recently } from './recent.ts';
import type { FeedEntry } from './series.ts';
import type { PaperChange, PickedPaper, Timeline, TrendedPaper } from './timeline.ts';

/** The entry of a paper. */
export interface PaperEntry extends FeedEntry {
  readonly pick: Pick;
}

/** Every entry that feeds of papers are made of; the same paper is the same entry in all of them. */
export interface FeedEntries {
  readonly timeline: Timeline;
  /** Every picked paper once, newest first. */
  readonly picked: readonly PaperEntry[];
  readonly trending: readonly PaperEntry[];
  /** The picks of an edition in its order. */
  ofEdition(edition: Edition): readonly PaperEntry[];
  /** Names all that is known of a picked paper. */
  paperBasis(id: PaperId): readonly string[];
}

/** Written entries that are kept: as many as two months of twenty topics have. */
const keptItems = 2_000;

/** A page of an entry without its texts: addresses, the names of elements, facts. */
const bytesAround = 3_000;

/** The entries of a timeline. */
export function feedEntries(site: Site, timeline: Timeline): FeedEntries {
  const made = new Map<string, () => FeedItem>();
  const item = recently(keptItems, (key) => {
    const make = made.get(key);
    if (!make) throw new TypeError(`no entry ${key}`);
    return make();
  });
  const entryOf = (
    of: string,
    arrivedAt: Instant,
    basis: string,
    entry: Omit<PickEntry, 'place'>,
    place: () => PickPlace,
  ): PaperEntry => {
    const { pick, publishedAt, changes } = entry;
    const settledChanges = changes.filter((change) => change.kind === 'withdrawn');
    const settledKey = `${of} ${settledChanges.length}`;
    const key = settledChanges.length === changes.length ? settledKey : `${of} all`;
    made.set(key, () => paperItem(site, { ...entry, place: place() }));
    made.set(settledKey, () => paperItem(site, { ...entry, changes: settledChanges, place: place() }));
    return {
      pick,
      publishedAt,
      arrivedAt,
      bytes: bytesAround + Buffer.byteLength(pick.paper.abstract) + 3 * Buffer.byteLength(pick.paper.title),
      basis: (isSettled) => [basis, ...(isSettled ? settledChanges : changes).map(changeName)].join(' '),
      item: (isSettled) => item(isSettled ? settledKey : key),
    };
  };
  const pickedEntry = ({ pick, edition, publishedAt }: PickedPaper): PaperEntry => {
    const id = pick.paper.id;
    const basis = `${editionName(edition)} ${id} ${publishedAt}`;
    const changes = changesAfter(publishedAt, timeline.changes.get(id));
    return entryOf(basis, edition.publishedAt, basis, { pick, publishedAt, changes }, () =>
      editionPlace(edition),
    );
  };
  const trendingEntry = (trended: TrendedPaper): PaperEntry => {
    const { entry, publishedAt } = trended;
    const id = entry.pick.paper.id;
    const basis = `${trendedName(trended)} ${publishedAt}`;
    const changes = changesAfter(publishedAt, timeline.changes.get(id));
    return entryOf(`trending ${id}`, entry.enteredAt, basis, { pick: entry.pick, publishedAt, changes }, () =>
      trendingPlace(entry),
    );
  };

  const entryOfPick = new Map<PickedPaper, PaperEntry>();
  const once = (picked: PickedPaper): PaperEntry => {
    const entry = entryOfPick.get(picked) ?? pickedEntry(picked);
    entryOfPick.set(picked, entry);
    return entry;
  };
  return {
    timeline,
    picked: timeline.picked.map(once),
    trending: timeline.trending.map(trendingEntry),
    ofEdition: (edition) => (timeline.ofEdition.get(edition) ?? []).map(once),
    paperBasis: (id) => [
      ...(timeline.ofPaper.get(id) ?? []).map(
        ({ edition, publishedAt }) => `${editionName(edition)} ${publishedAt}`,
      ),
      ...(timeline.changes.get(id) ?? []).map(changeName),
      ...(timeline.trendedOf.get(id) ?? []).map(
        (trended) => `${trendedName(trended)} ${trended.publishedAt}`,
      ),
    ],
  };
}

/** What was told before the entry came is no news, but for this: a paper that was taken back is not shown without it. */
function changesAfter(at: Instant, changes: readonly PaperChange[] = []): readonly PaperChange[] {
  return changes.filter((change) => change.changedAt > at || change.kind === 'withdrawn');
}

function trendedName({ entry }: TrendedPaper): string {
  return basisOf(entry);
}

/** The editions of a digest, each with the whole of it. */
export function editionEntries(
  site: Site,
  editions: readonly Edition[],
  bodyHtml: (edition: Edition) => string,
): readonly FeedEntry[] {
  const taken = new Set<Instant>();
  return editions
    .toSorted((a, b) => a.publishedAt - b.publishedAt || a.number - b.number)
    .map((edition) => {
      let publishedAt = Math.floor(edition.publishedAt / secondMs) * secondMs;
      while (taken.has(publishedAt)) publishedAt -= secondMs;
      taken.add(publishedAt);
      return {
        publishedAt,
        arrivedAt: edition.publishedAt,
        bytes: bytesAround + 2_000 * editionPicks(edition).length + 300 * edition.alsoNew.length,
        basis: () => `${editionName(edition)} ${publishedAt}`,
        item: () => editionItem(site, edition, publishedAt, bodyHtml(edition)),
      };
    });
}

function editionItem(site: Site, edition: Edition, publishedAt: Instant, contentHtml: string): FeedItem {
  return {
    id: tagUri(site, 'edition', `${edition.digest}/${edition.editionDate}`),
    title: editionPlace(edition).name,
    url: siteUrl(site, editionPath(edition)),
    summary: editionSummary(edition),
    contentHtml,
    authors: [],
    categories: edition.sections.map(({ topic, name }) => ({
      term: topic,
      label: name,
      scheme: tagUri(site, 'topics'),
    })),
    publishedAt,
    updatedAt: publishedAt,
    related: [],
  };
}

/** What it covers and its first titles. */
function editionSummary(edition: Edition): string {
  const titles = editionPicks(edition)
    .slice(0, 3)
    .map((pick) => paperTitle(pick.paper));
  return cut([coverageLine(edition), titles.join(' · ')].filter(Boolean).join(' '), 500);
}
