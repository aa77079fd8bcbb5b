import type { TitleOnly, UpdatedPaper } from '../../domain/edition.ts';
import { paperPath, type PaperId, type RevisedField } from '../../domain/paper.ts';
import { siteUrl, type Site } from '../../domain/site.ts';
import { outsideLine, webLink } from './outside-text.ts';

/** A paper in one line. Plain text, not yet escaped. */
export interface LineView {
  readonly title: string;
  readonly url: string;
  /** What changed: `v2, abstract and code link changed`; empty for a new paper. */
  readonly note: string;
}

const fieldNames: Readonly<Record<RevisedField, string>> = {
  title: 'title',
  abstract: 'abstract',
  authors: 'authors',
  categories: 'categories',
  version: 'version',
  doi: 'DOI',
  code: 'code link',
};

/** A new paper named by its title. */
export function titleLine(paper: TitleOnly, site: Site): LineView {
  return line(paper, site, '');
}

/** A paper shown before, with what changed; a new version needs no word beside its number. */
export function updatedLine(paper: UpdatedPaper, site: Site): LineView {
  const changed = paper.fields.filter((field) => field !== 'version').map((field) => fieldNames[field]);
  const words = changed.length === 0 ? 'new version' : `${listed(changed)} changed`;
  return line(paper, site, paper.version === undefined ? words : `v${paper.version}, ${words}`);
}

function line(paper: { id: PaperId; title: string; url: string }, site: Site, note: string): LineView {
  return {
    title: outsideLine(paper.title, 300) || 'Untitled',
    url: webLink(paper.url) ?? siteUrl(site, paperPath(paper.id)),
    note,
  };
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
