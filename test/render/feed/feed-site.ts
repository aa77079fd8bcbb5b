import type { Edition, EditionPaper, Pick, UpdatedPaper } from '../../../src/domain/edition.ts';
import { follow } from '../../../src/domain/follow.ts';
import type { Site } from '../../../src/domain/site.ts';
import { addDays, dayMs, hourMs } from '../../../src/domain/time.ts';
import type { TrendingEntry } from '../../../src/domain/view.ts';
import { editionHtml } from '../../../src/render/feed/edition-html.ts';
import type { FeedFormat } from '../../../src/render/feed/model.ts';
import { renderFeeds } from '../../../src/render/feed/publish.ts';
import { sampleEdition, samplePaper, samplePick, sampleSite } from '../edition-sample.ts';
import { sampleDigest } from './feed-sample.ts';
import { formatOf } from './read-feed.ts';

const firstDate = '2026-09-21';
const firstAt = Date.UTC(2026, 8, 21, 6);

export const author = 'Ada Example';
export const lab = 'Shelf Lab';

/** The sample site with an author and a lab that are followed. */
export const feedSite: Site = {
  ...sampleSite,
  follows: [follow('author', author), follow('lab', lab)].filter((one) => one !== undefined),
};

export const weekly = { ...sampleDigest, key: 'weekly', name: 'The week', description: 'Every Monday.' };

export interface FeedMaterial {
  readonly editions: readonly Edition[];
  readonly trending: readonly TrendingEntry[];
}

export interface MaterialOptions {
  /** Working days and weekends alike: each has an edition. */
  readonly days: number;
  readonly picks: number;
  /** What is different in every paper. */
  readonly paper?: Partial<EditionPaper>;
  readonly why?: string;
}

const topicOf = (rank: number): string => ['agents', 'retrieval', 'vision'][rank % 3] ?? 'agents';

/**
 * A daily digest of that many days, every seventh of which also has an edition of a weekly digest that picks one paper again;
 * from the third day on, a paper of two days before has a new version, and every tenth day a paper was withdrawn.
 */
export function material({ days, picks, paper = {}, why = 'facts' }: MaterialOptions): FeedMaterial {
  const paperOf = (day: number, rank: number): EditionPaper =>
    samplePaper(`${String(day).padStart(3, '0')}${String(rank).padStart(3, '0')}`, {
      ...(rank % 2 === 0 && { organization: lab }),
      ...paper,
    });
  const pickOf = (day: number, rank: number, place = rank): Pick =>
    samplePick(place, topicOf(rank), paperOf(day, rank), { why, alsoIn: rank % 4 === 0 ? ['vision'] : [] });
  const editionOf = (day: number): Edition => ({
    ...sampleEdition,
    editionDate: addDays(firstDate, day),
    number: day + 1,
    publishedAt: firstAt + day * dayMs,
    sections: sampleSite.topics.map(({ key, name }) => ({
      topic: key,
      name,
      picks: ranks(picks)
        .filter((rank) => topicOf(rank) === key)
        .map((rank) => pickOf(day, rank)),
    })),
    outside: [],
    alsoNew: [],
    updated: [
      ...(day >= 2 ? [updateOf(paperOf(day - 2, 1), ['version', 'abstract'], 2)] : []),
      ...(day % 10 === 5 ? [updateOf(paperOf(day - 1, 1), ['withdrawn'], 1)] : []),
    ],
  });
  const weeklyOf = (day: number): Edition => ({
    ...editionOf(day),
    digest: weekly.key,
    digestName: weekly.name,
    number: day / 7 + 1,
    publishedAt: firstAt + day * dayMs + 5_000,
    sections: [{ topic: 'agents', name: 'Agents', picks: [pickOf(day, 1)] }],
    updated: [],
  });
  const all = Array.from({ length: days }, (_, day) => day);
  return {
    editions: all.flatMap((day) => (day % 7 === 6 ? [editionOf(day), weeklyOf(day)] : [editionOf(day)])),
    trending: all.map((day) => ({
      pick: pickOf(day, Math.min(2, picks), 1),
      enteredAt: firstAt + day * dayMs + 10 * hourMs,
      editionDate: addDays(firstDate, day),
    })),
  };
}

function ranks(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function updateOf(
  { id, title, links }: EditionPaper,
  fields: UpdatedPaper['fields'],
  version: number,
): UpdatedPaper {
  return { id, topics: ['agents'], version, title, url: links.abstract, fields };
}

export interface FeedFile {
  readonly path: string;
  readonly format: FeedFormat;
  readonly text: string;
}

/** Every published feed of the material. */
export function feedFiles({ editions, trending }: FeedMaterial, site: Site = feedSite): readonly FeedFile[] {
  const body = (edition: Edition): string => editionHtml(site, edition);
  return renderFeeds(site, [sampleDigest, weekly], editions, body, 'test', trending).flatMap((document) => {
    const format = formatOf(document.contentType);
    return format ? [{ path: document.path, format, text: String(document.body) }] : [];
  });
}
