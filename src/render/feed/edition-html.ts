import {
  coverageCounts,
  isMissing,
  type Edition,
  type TitleOnly,
  type UpdatedPaper,
} from '../../domain/edition.ts';
import type { Site } from '../../domain/site.ts';
import { cleanText, escapeHtml } from '../text.ts';
import { httpAddress } from './address.ts';
import { paperTitle, sampleNotice, shortPaperHtml } from './paper-html.ts';

type TitledPaper = TitleOnly | UpdatedPaper;

/** A whole edition as an HTML fragment of headings, paragraphs and lists, as feed readers show it. */
export function editionHtml(site: Site, edition: Edition): string {
  return [
    ...(site.isSample ? [`<p><em>${escapeHtml(sampleNotice)}</em></p>`] : []),
    `<p>${escapeHtml(coverageLine(edition))}</p>`,
    ...edition.sections
      .filter((section) => section.picks.length > 0)
      .flatMap((section) => [
        heading(section.name),
        ...section.picks.map((pick) => shortPaperHtml(site, pick)),
      ]),
    ...(edition.outside.length > 0
      ? [heading('Outside your topics'), ...edition.outside.map((pick) => shortPaperHtml(site, pick))]
      : []),
    ...(edition.updated.length > 0 ? [heading('Updated since you saw them'), list(edition.updated)] : []),
    ...(edition.alsoNew.length > 0 ? [heading('Also new'), list(edition.alsoNew)] : []),
  ].join('\n');
}

/** `214 new papers in its topics, 12 shown. Not read: Example Papers (timeout).` */
export function coverageLine(edition: Edition): string {
  const { newInTopics, shown, outside } = coverageCounts(edition);
  const missing = edition.coverage.sources
    .filter(isMissing)
    .map((source) => (source.reason === undefined ? source.name : `${source.name} (${source.reason})`));
  const counts = `${newInTopics} new ${newInTopics === 1 ? 'paper' : 'papers'} in its topics, ${shown} shown${outside === 0 ? '' : `, ${outside} from outside`}.`;
  return cleanText(missing.length === 0 ? counts : `${counts} Not read: ${missing.join('; ')}.`);
}

function list(papers: readonly TitledPaper[]): string {
  return `<ul>\n${papers.map((paper) => `<li>${titleLink(paper)}</li>`).join('\n')}\n</ul>`;
}

function heading(text: string): string {
  return `<h2>${escapeHtml(cleanText(text))}</h2>`;
}

function titleLink(paper: TitledPaper): string {
  const title = escapeHtml(paperTitle(paper));
  const url = httpAddress(paper.url);
  return url === undefined ? title : `<a href="${escapeHtml(url)}">${title}</a>`;
}
