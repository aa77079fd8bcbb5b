import { editionPath, editionPicks, type Edition, type Pick, type Score } from '../../domain/edition.ts';
import { bareId, paperPath, type PaperId } from '../../domain/paper.ts';
import type { SignalKind } from '../../domain/signal.ts';
import type { Site } from '../../domain/site.ts';
import { calendarDate, longDate } from '../../domain/time.ts';
import { cut, firstSentences } from '../text.ts';
import { httpAddress } from '../feed/address.ts';
import { paperLinks, topicLinks, type LinkView } from './card.ts';
import { pageHref, rankingPath } from './links.ts';
import { counted, line, listed, timeView } from './prose.ts';
import type { WebPage } from './templates.ts';

/** A pick and the edition it stands in. */
export interface PickedPaper {
  readonly edition: Edition;
  readonly pick: Pick;
}

/** Every picked paper with the places it was picked, newest first. */
export function pickedPapers(newestFirst: readonly Edition[]): ReadonlyMap<PaperId, readonly PickedPaper[]> {
  const all = newestFirst.flatMap((edition) => editionPicks(edition).map((pick) => ({ edition, pick })));
  return Map.groupBy(all, ({ pick }) => pick.paper.id);
}

/** The page of one paper, with its facts and its score as the newest edition that picked it froze them. */
export function paperPage(site: Site, newest: PickedPaper, picked: readonly PickedPaper[]): WebPage {
  const { paper, score } = newest.pick;
  const { zone } = newest.edition;
  const title = line(paper.title);
  const abstract = line(paper.abstract);
  const doiUrl = paper.doi === undefined ? undefined : httpAddress(`https://doi.org/${encodeURI(paper.doi)}`);
  return {
    path: paperPath(paper.id),
    template: 'paper',
    title: cut(title, 120),
    description: firstSentences(abstract, 1, 200),
    feeds: [],
    isListed: true,
    view: {
      title,
      authors: paper.authors.map((author) => ({
        name: line(author.name),
        affiliation: author.affiliation === undefined ? undefined : line(author.affiliation),
      })),
      moreAuthors:
        paper.authorCount > paper.authors.length
          ? `${counted(paper.authorCount, 'author')} in all; the last one shown is the last one of the paper`
          : undefined,
      organization: paper.organization === undefined ? undefined : line(paper.organization),
      abstract,
      links: paperLinks(paper.links, paper.counts.stars),
      id: bareId(paper.id),
      idKind: idKinds[paper.id.slice(0, paper.id.indexOf(':'))],
      version: paper.version,
      doi: paper.doi === undefined ? undefined : line(paper.doi),
      doiUrl,
      categories: paper.categories.map(line).join(', '),
      submitted:
        paper.submittedAt === undefined ? undefined : longDate(calendarDate(paper.submittedAt, 'UTC')),
      firstSeen: timeView(paper.firstSeenAt, zone),
      source: line(paper.source),
      countedAt: timeView(newest.edition.publishedAt, zone),
      counts: signalNames.flatMap(([kind, name]) => {
        const value = paper.counts[kind];
        return value === undefined ? [] : [{ name, value }];
      }),
      why: line(newest.pick.why),
      score: scoreView(score),
      rankingHref: pageHref(site, rankingPath),
      picked: picked.map(({ edition, pick }) => pickView(site, edition, pick)),
    },
  };
}

const idKinds: Readonly<Record<string, string | undefined>> = { arxiv: 'arXiv', doi: 'DOI' };
const signalNames: readonly (readonly [SignalKind, string])[] = [
  ['upvotes', 'Upvotes'],
  ['comments', 'Comments'],
  ['stars', 'Stars'],
];

function pickView(site: Site, edition: Edition, pick: Pick): object {
  const section = edition.sections.find((section) => section.topic === pick.topic);
  const topic: LinkView | undefined = topicLinks(site, [pick.topic])[0];
  return {
    href: pageHref(site, editionPath(edition)),
    date: longDate(edition.editionDate),
    isoDate: edition.editionDate,
    name: line(edition.digestName),
    topic: topic?.name ?? (section ? line(section.name) : 'Outside the topics'),
    topicHref: topic?.href,
    rank: pick.rank,
    score: votes(pick.score.value),
    why: line(pick.why),
  };
}

function scoreView(score: Score): object {
  const { trend } = score;
  const longest = Math.max(...score.parts.map((part) => part.value));
  return {
    value: votes(score.value),
    parts: score.parts.map((part) => ({
      name: part.name,
      value: votes(part.value),
      width: part.value > 0 ? Math.round((part.value / longest) * 100) : 0,
    })),
    age: counted(Math.round(score.ageHours), 'hour'),
    shareIn: percent(score.shareIn),
    unlisted:
      score.shareIn > 0
        ? undefined
        : {
            chance: score.chance === undefined ? undefined : percent(score.chance),
            by: listed((score.chanceFor ?? []).map(line)),
          },
    trend:
      trend &&
      `${signed(trend.gained)} ${Math.abs(trend.gained) === 1 ? 'vote' : 'votes'} in ${counted(Math.round(trend.hours), 'hour')}: ` +
        `${percent(trend.percentile)} of the papers it was compared with gained as much or less.`,
    missing: listed(score.missing),
  };
}

/** Whole per cent, rounded down, so that only everything is 100 %. */
function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

/** One decimal, with a real minus sign. */
function votes(value: number): string {
  return value.toFixed(1).replace('-', '−');
}

function signed(count: number): string {
  return count < 0 ? `−${-count}` : `+${count}`;
}
