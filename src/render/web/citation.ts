import type { EditionPaper } from '../../domain/edition.ts';
import { bareId, plainLine } from '../../domain/paper.ts';
import { calendarDate } from '../../domain/time.ts';
import { httpAddress } from '../feed/address.ts';
import { submittedDate } from '../feed/paper-html.ts';

/** What a citation says of a paper, as plain text. */
export interface Citation {
  /** In the paper's order, as far as the edition names them. */
  readonly authors: readonly string[];
  /** More authors than are named. */
  readonly hasMore: boolean;
  /** As the source wrote it, TeX and all. */
  readonly title: string;
  readonly year?: string;
  /** `YYYY/MM/DD`. */
  readonly day?: string;
  readonly arxivId?: string;
  readonly primaryClass?: string;
  readonly doi?: string;
  readonly url?: string;
}

/** A category of arXiv (https://arxiv.org/category_taxonomy): `cs.CL`, `hep-th`, `physics.bio-ph`. */
const arxivClass = /^[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]{2,}(?:-[a-z]+)?)?$/;

export function citation(paper: EditionPaper): Citation {
  const names = paper.authors.map((author) => plainLine(author.name)).filter((name) => name !== '');
  const hasMore = paper.authorCount > paper.authors.length;
  const kind = paper.id.slice(0, paper.id.indexOf(':'));
  const submittedAt = submittedDate(paper);
  const date = submittedAt === undefined ? undefined : calendarDate(submittedAt, 'UTC');
  const arxivId = kind === 'arxiv' ? bareId(paper.id) : undefined;
  const [primary] = paper.categories;
  const year = date?.slice(0, 4) ?? arxivYear(arxivId);
  const url = httpAddress(paper.links.abstract);
  return {
    // Of a shortened list the last name is the last of the paper: it does not follow the one before it.
    authors: hasMore ? names.slice(0, -1) : names,
    hasMore,
    title: plainLine(paper.title),
    ...(year !== undefined && { year }),
    ...(date !== undefined && { day: date.replaceAll('-', '/') }),
    ...(arxivId !== undefined && { arxivId }),
    ...(arxivId !== undefined &&
      primary !== undefined &&
      arxivClass.test(primary) && { primaryClass: primary }),
    ...(paper.doi !== undefined && { doi: plainLine(paper.doi) }),
    ...(url !== undefined && { url }),
  };
}

/** arXiv ids begin with the year and month of the submission, since 2007 (`2611.01234`) and before (`hep-th/9901001`). */
function arxivYear(id: string | undefined): string | undefined {
  const [, digits] = /^(?:[a-z-]+(?:\.[A-Z]{2})?\/)?(\d{2})/.exec(id ?? '') ?? [];
  if (digits === undefined) return undefined;
  return `${Number(digits) > 90 ? 19 : 20}${digits}`;
}
