import { editionPath, type Edition, type EditionPaper, type Pick } from '../../domain/edition.ts';
import { paperPath } from '../../domain/paper.ts';
import type { SignalKind } from '../../domain/signal.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { calendarDate, longDate, type Instant } from '../../domain/time.ts';
import { unicodeMaths } from '../maths.ts';
import { byline, cleanText, escapeHtml, firstSentences, paragraphHtml } from '../text.ts';
import { httpAddress } from './address.ts';
import { earliestPaperAt, latestAt } from './check.ts';
import type { FeedLink } from './model.ts';
import type { PaperChange } from './timeline.ts';

/** Names shown of a long author list. */
export const shownAuthors = { first: 20, last: 1 };

/** Said in every entry of a site whose papers are invented. */
export const sampleNotice = 'This is a sample: the papers and people are invented.';

/**
 * A pick as an HTML fragment that says all of it without anything around: byline, why it was picked, abstract,
 * links, and the facts as they were when the edition was made. It is the same on every later day.
 */
export function paperHtml(
  site: Site,
  pick: Pick,
  place: PickPlace,
  changes: readonly PaperChange[] = [],
): string {
  const { paper } = pick;
  return [
    site.isSample ? `<p><em>${escapeHtml(sampleNotice)}</em></p>` : '',
    ...changes.map((change) => paragraph(plain(changeLine(change)))),
    authorsHtml(paper),
    paragraph(`<strong>Why:</strong> ${plain(pick.why)}`),
    paragraphHtml(unicodeMaths(paper.abstract)),
    linksHtml(paper),
    paragraph(facts(site, pick, place).join(' · ')),
  ]
    .filter(Boolean)
    .join('\n');
}

/** The list that a pick has its place in. */
export interface PickPlace {
  readonly name: string;
  /** Below the site's root. */
  readonly path: string;
}

/** An edition as the place of its picks. */
export function editionPlace(edition: Edition): PickPlace {
  return { name: `${edition.digestName}, ${longDate(edition.editionDate)}`, path: editionPath(edition) };
}

/** `Withdrawn by its authors, as told on 24 November 2026.` */
export function changeLine({ kind, update, edition }: PaperChange): string {
  const date = longDate(edition.editionDate).replace(/^\w+, /, '');
  const fields = update.fields.filter((field) => field !== kind && field !== 'code-added');
  const also = fields.length === 0 ? '' : ` Changed with it: ${fields.join(', ')}.`;
  switch (kind) {
    case 'withdrawn':
      return `Withdrawn by its authors, as told on ${date}.`;
    case 'version':
      return `Version ${update.version ?? ''} since ${date}.${also}`.replace('Version  ', 'A new version ');
    case 'doi':
      return `Published with a DOI, as told on ${date}.${also}`;
    case 'title':
      return `Its title changed, as told on ${date}.${also}`;
  }
}

/** A pick as one entry of a list: linked title, byline, why, two sentences, links. */
export function shortPaperHtml(site: Site, pick: Pick): string {
  const { paper } = pick;
  const summary = firstSentences(unicodeMaths(paper.abstract), 2, 400);
  return [
    `<h3><a href="${escapeHtml(siteUrl(site, paperPath(paper.id)))}">${plain(paperTitle(paper))}</a></h3>`,
    authorsHtml(paper),
    paragraph(`<strong>Why:</strong> ${plain(pick.why)}`),
    paragraphHtml(summary),
    linksHtml(paper),
  ]
    .filter(Boolean)
    .join('\n');
}

/** The title with its TeX in Unicode; the id where a source gave none. */
export function paperTitle(paper: { readonly id: string; readonly title: string }): string {
  return cleanText(unicodeMaths(paper.title)).replace(/\s+/g, ' ').trim() || paper.id;
}

/** When the paper was submitted; undefined where what a source says cannot be the date of a paper. */
export function submittedDate({ submittedAt }: EditionPaper): Instant | undefined {
  return submittedAt !== undefined && submittedAt >= earliestPaperAt && submittedAt <= latestAt
    ? submittedAt
    : undefined;
}

/** The links of a paper that are absolute http(s) addresses, by the words that name them. */
export function paperLinks(paper: EditionPaper): readonly FeedLink[] {
  const { abstract, pdf, code, project, discussion } = paper.links;
  const named: readonly (readonly [string, string | undefined])[] = [
    ['Abstract', abstract],
    ['PDF', pdf],
    ['Code', code],
    ['Project', project],
    ['Discussion', discussion],
    [
      'DOI',
      paper.doi &&
        `https://doi.org/${encodeURI(paper.doi.toWellFormed()).replace(/[?#]/g, encodeURIComponent)}`,
    ],
  ];
  return named.flatMap(([title, value]) => {
    const url = value === undefined ? undefined : httpAddress(value);
    return url === undefined ? [] : [{ title, url }];
  });
}

/** The byline as a paragraph, with the organisation; '' for neither. */
export function authorsHtml(paper: EditionPaper): string {
  const names = unicodeMaths(byline(paper.authors, paper.authorCount, shownAuthors));
  const place = paper.organization ?? '';
  return paragraph([plain(names), plain(place)].filter(Boolean).join(' · '));
}

/** The links of a paper as a paragraph; '' for none. */
export function linksHtml(paper: EditionPaper): string {
  const links = paperLinks(paper).map(
    ({ title, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(title)}</a>`,
  );
  return paragraph(links.join(' · '));
}

function facts(site: Site, pick: Pick, place: PickPlace): readonly string[] {
  const { paper } = pick;
  const submittedAt = submittedDate(paper);
  const counts = countWords.flatMap(([kind, one, many]) => {
    const count = paper.counts[kind];
    return count === undefined ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return [
    plain(paper.categories.join(', ')),
    submittedAt === undefined ? '' : `submitted ${day(submittedAt)}`,
    paper.version === undefined ? '' : `version ${paper.version}`,
    plain(`from ${paper.source}`),
    `number ${pick.rank} in <a href="${escapeHtml(siteUrl(site, place.path))}">${plain(place.name)}</a>`,
    counts.length === 0 ? '' : `on that day ${counts.join(', ')}`,
  ].filter(Boolean);
}

const countWords: readonly (readonly [SignalKind, string, string])[] = [
  ['upvotes', 'upvote', 'upvotes'],
  ['comments', 'comment', 'comments'],
  ['stars', 'star', 'stars'],
];

/** `22 November 2026`, in UTC. */
function day(at: Instant): string {
  return longDate(calendarDate(at, 'UTC')).replace(/^\w+, /, '');
}

function plain(text: string): string {
  return escapeHtml(cleanText(text).replace(/\s+/g, ' ').trim());
}

function paragraph(html: string): string {
  return html === '' ? '' : `<p>${html}</p>`;
}
