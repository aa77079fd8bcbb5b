import type { EditionPaper } from '../../domain/edition.ts';
import type { FoundPaper } from '../../domain/found-paper.ts';
import { paperPath } from '../../domain/paper.ts';
import { shownPaper } from '../../domain/shown-paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { calendarDate, longDate } from '../../domain/time.ts';
import { unicodeMaths } from '../maths.ts';
import { searchUrl } from '../search-address.ts';
import { cleanText, escapeHtml, paragraphHtml } from '../text.ts';
import type { FeedItem } from './model.ts';
import { authorsHtml, linksHtml, sampleNotice, shownAuthors, submittedDate } from './paper-html.ts';
import { paperParts, sourceCategories } from './paper-item.ts';

/** A paper that a search found as an entry, without anything that is counted, for that would change it every hour. */
export function foundItem(site: Site, found: FoundPaper): FeedItem {
  const paper = shownPaper(found.paper, shownAuthors.first, {});
  const isWithdrawn = found.paper.withdrawnAt !== undefined;
  const parts = paperParts(site, paper, { titleTex: paper.title, isWithdrawn });
  const itself = searchUrl(site, { text: `id:${paper.id}`, sort: 'newest', page: 1 });
  return {
    ...parts,
    url: found.hasPage ? siteUrl(site, paperPath(paper.id)) : (parts.externalUrl ?? itself),
    contentHtml: contentHtml(site, paper, isWithdrawn),
    categories: sourceCategories(site, paper),
    publishedAt: found.entryAt,
    updatedAt: found.entryAt,
  };
}

/** All of it in one fragment, for readers hide the summary where there is content. */
function contentHtml(site: Site, paper: EditionPaper, isWithdrawn: boolean): string {
  const submittedAt = submittedDate(paper);
  const facts = [
    plain(paper.categories.join(', ')),
    submittedAt === undefined
      ? ''
      : `submitted ${longDate(calendarDate(submittedAt, 'UTC')).replace(/^\w+, /, '')}`,
    paper.version === undefined ? '' : `version ${paper.version}`,
    plain(`from ${paper.source}`),
  ];
  return [
    site.isSample ? paragraph(`<em>${escapeHtml(sampleNotice)}</em>`) : '',
    isWithdrawn ? paragraph('Withdrawn by its authors.') : '',
    authorsHtml(paper),
    paragraphHtml(unicodeMaths(paper.abstract)),
    linksHtml(paper),
    paragraph(facts.filter(Boolean).join(' · ')),
  ]
    .filter(Boolean)
    .join('\n');
}

function plain(text: string): string {
  return escapeHtml(cleanText(text).replace(/\s+/g, ' ').trim());
}

function paragraph(html: string): string {
  return html === '' ? '' : `<p>${html}</p>`;
}
