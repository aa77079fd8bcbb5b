import { editionPath } from '../../domain/edition.ts';
import { paperPath, type PaperId } from '../../domain/paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { longDate } from '../../domain/time.ts';
import { escapeHtml } from '../text.ts';
import { tagUri } from './identity.ts';
import type { FeedItem } from './model.ts';
import { changeLine, editionPlace, paperHtml, paperTitle } from './paper-html.ts';
import { paperItem, trendingPlace } from './paper-item.ts';
import type { PaperChange, PickedPaper, Timeline, TrendedPaper } from './timeline.ts';

/** What happened to a paper that was picked or trending, newest first: each an entry of its own, with the event in its id. */
export function paperEvents(site: Site, timeline: Timeline, id: PaperId): readonly FeedItem[] {
  const picks = timeline.ofPaper.get(id) ?? [];
  const trended = timeline.trendedOf.get(id) ?? [];
  const [pick] = [...picks.map((picked) => picked.pick), ...trended.map(({ entry }) => entry.pick)];
  if (!pick) return [];
  const place = { name: '', path: paperPath(id) };
  const base = paperItem(site, { pick, place, publishedAt: 0, changes: [] });
  return [
    ...picks.map((picked) => pickedEvent(site, base, picked)),
    ...(timeline.changes.get(id) ?? []).map((change) => changeEvent(site, base, change)),
    ...trended.map((one) => trendingEvent(site, base, one)),
  ].toSorted((a, b) => b.publishedAt - a.publishedAt);
}

function pickedEvent(site: Site, base: FeedItem, { pick, edition, publishedAt }: PickedPaper): FeedItem {
  const place = editionPlace(edition);
  return {
    ...event(site, base, `picked/${edition.digest}/${edition.editionDate}`, publishedAt),
    title: `Picked in ${place.name}: ${base.title}`,
    url: siteUrl(site, editionPath(edition)),
    contentHtml: paperHtml(site, pick, place),
  };
}

function changeEvent(site: Site, base: FeedItem, change: PaperChange): FeedItem {
  const { kind, update, edition, changedAt } = change;
  const ofVersion = kind === 'version' && update.version !== undefined ? `v${update.version}` : undefined;
  const key = ofVersion ?? (kind === 'withdrawn' ? kind : `${kind}/${edition.digest}/${edition.editionDate}`);
  const title = paperTitle(update);
  const words = {
    withdrawn: 'Withdrawn',
    version: update.version === undefined ? 'New version' : `Version ${update.version}`,
    doi: 'Published',
    title: 'New title',
  };
  return {
    ...event(site, base, key, changedAt),
    title: kind === 'withdrawn' ? `[Withdrawn] ${title}` : `${words[kind]}: ${title}`,
    summary: changeLine(change),
    contentHtml: `<p>${escapeHtml(changeLine(change))}</p>\n<p><a href="${escapeHtml(base.url)}">${escapeHtml(title)}</a></p>`,
  };
}

function trendingEvent(site: Site, base: FeedItem, { entry, publishedAt }: TrendedPaper): FeedItem {
  const place = trendingPlace(entry);
  return {
    ...event(site, base, 'trending', publishedAt),
    title: `Trending since ${longDate(entry.editionDate)}: ${base.title}`,
    contentHtml: paperHtml(site, entry.pick, place),
  };
}

/** The facts of the paper under the id and the time of an event. */
function event(site: Site, item: FeedItem, key: string, at: number): FeedItem {
  const { pick: _, source: __, ...base } = item;
  const id = base.paper?.id ?? '';
  return {
    ...base,
    id: tagUri(site, 'event', `${id}/${key}`),
    url: siteUrl(site, paperPath(id)),
    publishedAt: at,
    updatedAt: at,
  };
}
