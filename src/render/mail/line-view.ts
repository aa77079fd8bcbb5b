import type { TitleOnly, UpdatedPaper } from '../../domain/edition.ts';
import { paperPath, type PaperId } from '../../domain/paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { changedWords } from '../changed-words.ts';
import { outsideLine, webLink } from './outside-text.ts';

/** A paper in one line. Plain text, not yet escaped. */
export interface LineView {
  readonly title: string;
  readonly url: string;
  /** What changed: `v2, abstract and code link changed`; empty for a new paper. */
  readonly note: string;
}

/** A new paper named by its title. */
export function titleLine(paper: TitleOnly, site: Site): LineView {
  return line(paper, site, '');
}

/** A paper shown before, with what changed; a new version needs no word beside its number. */
export function updatedLine(paper: UpdatedPaper, site: Site): LineView {
  const words = changedWords(paper.fields);
  return line(paper, site, paper.version === undefined ? words : `v${paper.version}, ${words}`);
}

function line(paper: { id: PaperId; title: string; url: string }, site: Site, note: string): LineView {
  return {
    title: outsideLine(paper.title, 300) || 'Untitled',
    url: webLink(paper.url) ?? siteUrl(site, paperPath(paper.id)),
    note,
  };
}
