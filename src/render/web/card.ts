import type { Pick } from '../../domain/edition.ts';
import { paperPath, type PaperLinks } from '../../domain/paper.ts';
import type { Site } from '../../domain/site.ts';
import { calendarDate, shortDate } from '../../domain/time.ts';
import { byline, compactCount, firstSentences } from '../text.ts';
import { httpAddress } from '../feed/address.ts';
import { pageHref, topicPath } from './links.ts';
import { line } from './prose.ts';

export interface LinkView {
  readonly name: string;
  readonly href: string;
}

/** A pick as every page shows it. All texts are plain text; the template escapes them. */
export interface CardView {
  readonly href: string;
  readonly title: string;
  readonly byline: string;
  readonly facts: readonly string[];
  readonly why: string;
  readonly summary: string;
  readonly links: readonly LinkView[];
  readonly alsoIn: readonly LinkView[];
  /** `in` where the card stands in no section, else `also in`. */
  readonly inWords: string;
  readonly hasMeta: boolean;
  readonly scoreHref: string;
  readonly score: string;
  readonly rank: number;
  /** First by score in its edition. */
  readonly isTop: boolean;
}

const summaryMaxLength = 420;

/** Where a card stands: under the section of its pick, on the page of a topic, or in a list of all topics. */
export type CardPlace =
  | { readonly in: 'section' }
  | { readonly in: 'list' }
  | { readonly in: 'topic'; readonly key: string };

/** A pick as a card: title, byline (three first names and the last), facts, reason, two sentences, links, score. */
export function cardView(site: Site, pick: Pick, place: CardPlace = { in: 'section' }): CardView {
  const { paper } = pick;
  const href = pageHref(site, paperPath(paper.id));
  const facts = [
    paper.categories[0],
    paper.submittedAt === undefined
      ? undefined
      : `submitted ${shortDate(calendarDate(paper.submittedAt, 'UTC'))}`,
    paper.version === undefined || paper.version === 1 ? undefined : `version ${paper.version}`,
    paper.organization,
  ].flatMap((fact) => (fact === undefined ? [] : [line(fact)]));
  const all = [pick.topic, ...pick.alsoIn];
  // On a topic's own page the card names the other sections, first the one it stood in.
  const others =
    place.in === 'section' ? pick.alsoIn : all.filter((key) => place.in !== 'topic' || key !== place.key);
  const alsoIn = topicLinks(site, others);
  return {
    href,
    title: line(paper.title),
    byline: line(byline(paper.authors, paper.authorCount, { first: 3, last: 1 })),
    facts,
    why: line(pick.why),
    summary: firstSentences(line(paper.abstract), 2, summaryMaxLength),
    links: paperLinks(paper.links, paper.counts.stars),
    alsoIn,
    inWords: place.in === 'list' ? 'in' : 'also in',
    hasMeta: facts.length + alsoIn.length > 0,
    scoreHref: `${href}#why`,
    score: String(Math.round(pick.score.value)),
    rank: pick.rank,
    isTop: place.in !== 'list' && pick.rank === 1,
  };
}

/** The places where a paper can be read and seen, those that may be followed; a code link tells its stars. */
export function paperLinks(links: PaperLinks, stars: number | undefined): readonly LinkView[] {
  const code = stars === undefined ? 'code' : `code (${compactCount(stars)}★)`;
  return [
    { name: 'abstract', url: links.abstract },
    { name: 'pdf', url: links.pdf },
    { name: code, url: links.code },
    { name: 'project', url: links.project },
    { name: discussionName(links.discussion), url: links.discussion },
  ].flatMap(({ name, url }) => {
    const href = url === undefined ? undefined : httpAddress(url);
    return href === undefined ? [] : [{ name, href }];
  });
}

function discussionName(url: string | undefined): string {
  return /^https:\/\/huggingface\.co\//i.test(url ?? '') ? 'Hugging Face' : 'discussion';
}

/** The named topics as links to their pages; keys that are not configured any more are left out. */
export function topicLinks(site: Site, keys: readonly string[]): readonly LinkView[] {
  return keys.flatMap((key) => {
    const topic = site.topics.find((topic) => topic.key === key);
    return topic ? [{ name: line(topic.name), href: pageHref(site, topicPath(topic.key)) }] : [];
  });
}
