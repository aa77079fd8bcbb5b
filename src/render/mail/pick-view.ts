import type { Edition, EditionPaper, Pick } from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { calendarDate, shortDate } from '../../domain/time.ts';
import { byline, compactCount } from '../text.ts';
import { outsideLine, outsideSentences, webLink } from './outside-text.ts';

export interface LinkView {
  readonly label: string;
  readonly url: string;
}

/** Everything that a card says of a paper; rows and titles show less of the same. Plain text, not yet escaped. */
export interface PickView {
  readonly title: string;
  readonly url: string;
  readonly byline: string;
  readonly category: string;
  /** Category, date, organisation, other topics. */
  readonly meta: string;
  readonly why: string;
  readonly summary: string;
  readonly links: readonly LinkView[];
}

/** What a mail says of a pick of this edition. */
export function pickView(pick: Pick, site: Site, edition: Edition): PickView {
  const { paper } = pick;
  const category = outsideLine(paper.categories[0] ?? '', 40);
  const authors = paper.authors.map((author) => ({ name: outsideLine(author.name, 80) }));
  return {
    title: outsideLine(paper.title, 300) || 'Untitled',
    url: siteUrl(site, paperPath(paper.id)),
    byline: byline(authors, paper.authorCount, { first: 3, last: 1 }),
    category,
    meta: metaLine(category, pick, site, edition),
    why: outsideLine(pick.why, 300),
    summary: outsideSentences(paper.abstract, 2, 600),
    links: paperLinks(paper),
  };
}

function metaLine(category: string, { paper, alsoIn }: Pick, site: Site, edition: Edition): string {
  const date = calendarDate(paper.submittedAt ?? paper.firstSeenAt, edition.zone);
  const day =
    date.slice(0, 4) === edition.editionDate.slice(0, 4)
      ? shortDate(date)
      : `${shortDate(date)} ${date.slice(0, 4)}`;
  const others = alsoIn.map((key) => site.topics.find((topic) => topic.key === key)?.name ?? key);
  return [
    category,
    `${paper.submittedAt === undefined ? 'first seen' : 'submitted'} ${day}`,
    paper.version !== undefined && paper.version > 1 ? `v${paper.version}` : '',
    outsideLine(paper.organization ?? '', 80),
    others.length === 0 ? '' : `also in ${outsideLine(others.join(', '), 120)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function paperLinks({ links, counts }: EditionPaper): readonly LinkView[] {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['page', links.abstract],
    ['pdf', links.pdf],
    [counted('code', counts.stars, '★'), links.code],
    ['project', links.project],
    [counted('discussion', counts.comments, ''), links.discussion],
  ];
  return named.flatMap(([label, address]) => {
    const url = webLink(address);
    return url === undefined ? [] : [{ label, url }];
  });
}

function counted(label: string, count: number | undefined, unit: string): string {
  return count === undefined || count === 0 ? label : `${label}\u00A0(${compactCount(count)}${unit})`;
}
