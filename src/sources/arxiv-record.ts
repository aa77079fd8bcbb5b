import type { EntryKind } from '../domain/listing.ts';
import { paperId, plainLine, type Author, type PaperRecord } from '../domain/paper.ts';
import type { Instant } from '../domain/time.ts';

/** What any of arXiv's formats says of a paper, its texts not yet cleaned. */
export interface ArxivFields {
  /** Without a version: `2510.01234`, `astro-ph/0601001`. */
  readonly id: string;
  readonly version?: number | undefined;
  readonly title: string;
  readonly abstract: string;
  readonly authors: readonly Author[];
  /** Primary first. */
  readonly categories: readonly string[];
  /** As arXiv writes it: can be empty, can be several, of which the first counts. */
  readonly doi: string;
  /** The authors' remark; can be empty. */
  readonly comments: string;
  /** NaN, like undefined, where it is not told. */
  readonly submittedAt?: Instant | undefined;
}

/** The domain's record of a paper of arXiv: texts on one line, categories once, links to arXiv's own pages. */
export function arxivRecord(fields: ArxivFields): PaperRecord {
  const { id, version, submittedAt } = fields;
  const [doi = ''] = fields.doi.trim().split(/[,;]?\s+|[,;]$/);
  const [abstract, comments] = [plainLine(fields.abstract), plainLine(fields.comments)];
  const categories = fields.categories.map(plainLine).filter((name) => name !== '');
  return {
    id: paperId({ arxiv: id, url: `https://arxiv.org/abs/${id}` }),
    ...(version === undefined ? {} : { version }),
    title: plainLine(fields.title),
    abstract,
    authors: fields.authors,
    categories: [...new Set(categories)],
    keywords: [],
    links: { abstract: `https://arxiv.org/abs/${id}`, pdf: `https://arxiv.org/pdf/${id}` },
    ...(doi === '' ? {} : { doi }),
    ...(comments === '' ? {} : { comments }),
    ...(isWithdrawn(abstract, comments) ? { isWithdrawn: true } : {}),
    ...(submittedAt === undefined || Number.isNaN(submittedAt) ? {} : { submittedAt }),
  };
}

/**
 * arXiv keeps a withdrawn paper, with a remark or an abstract that says so and no field for it. A remark on an
 * earlier version, or an abstract about withdrawal, is none.
 */
function isWithdrawn(abstract: string, comments: string): boolean {
  const said =
    /^(?:\W*)(?:this|the|our) (?:paper|article|submission|manuscript|work|preprint)\b[^.]{0,60}\b(?:is|was|has been) withdrawn\b/i;
  return said.test(abstract) || said.test(comments) || /^\W*withdrawn\b/i.test(comments);
}

/**
 * The announce type where the format has none, by the rule of arXiv's feeds: `new` when the primary category is
 * among those asked for, else `cross-list`. Without categories asked for, nothing is a cross-list.
 */
export function arxivKind(
  isFirst: boolean,
  primary: string | undefined,
  asked: readonly string[],
): EntryKind {
  const isOwn = asked.length === 0 || primary === undefined || asked.some((name) => isWithin(primary, name));
  if (isFirst) return isOwn ? 'new' : 'cross-list';
  return isOwn ? 'replacement' : 'replacement-cross-list';
}

/** `cs.CL` is within `cs.CL`, and within the archive `cs`. */
function isWithin(category: string, asked: string): boolean {
  const [one, other] = [category.toLowerCase(), asked.toLowerCase()];
  return one === other || one.startsWith(`${other}.`);
}
