import { createHash } from 'node:crypto';
import type { Instant } from './time.ts';

/**
 * The source-independent id of a paper: `arxiv:2510.01234` (never with a version; old ids keep their
 * slash, `arxiv:astro-ph/0601001`), else `doi:10.1101/2026.01.02`, else `url:` and 32 hex digits.
 */
export type PaperId = string;

export interface Author {
  readonly name: string;
  readonly affiliation?: string;
}

export interface PaperLinks {
  /** The page that describes the paper. */
  readonly abstract: string;
  readonly pdf?: string;
  readonly code?: string;
  readonly project?: string;
  readonly discussion?: string;
}

/** What one source says of one version of a paper. Text is plain text: NFC, white space collapsed. */
export interface PaperRecord {
  readonly id: PaperId;
  /** From 1; undefined where the source does not tell (Hugging Face). */
  readonly version?: number;
  readonly title: string;
  readonly abstract: string;
  /** In the paper's order; can be empty, can be thousands. */
  readonly authors: readonly Author[];
  /** The source's own words, primary first where the source tells, e.g. `cs.CL`. */
  readonly categories: readonly string[];
  /** Free keywords of the source, lower case. */
  readonly keywords: readonly string[];
  readonly links: PaperLinks;
  readonly organization?: string;
  readonly doi?: string;
  /** The authors' own remark, e.g. `12 pages, accepted at Example 2026`. */
  readonly comments?: string;
  /** The source says that its authors took it back. */
  readonly isWithdrawn?: true;
  /** When the authors submitted it, as far as the source tells. */
  readonly submittedAt?: Instant;
  /** Number of pictures and videos shown with it at the source. */
  readonly mediaCount?: number;
  /** Followers of the person who put it on the source's list. */
  readonly submitterFollowers?: number;
}

/** What several sources can tell of one paper; title, abstract, authors and categories come from one source together. */
export const mergedFields = [
  'text',
  'keywords',
  'abstract page',
  'pdf',
  'code',
  'project',
  'discussion',
  'organization',
  'doi',
  'comments',
  'submittedAt',
  'mediaCount',
] as const;

/** The source that each field of a paper was taken from; a field that nobody told is absent. */
export type FieldOrigins = Readonly<Partial<Record<(typeof mergedFields)[number], string>>>;

/** A paper as the store knows it. */
export interface Paper extends PaperRecord {
  readonly origins: FieldOrigins;
  /** Our own time of first meeting it; never a source's date. */
  readonly firstSeenAt: Instant;
  readonly firstSource: string;
  /** When we last saw a meaningful change of it. */
  readonly revisedAt?: Instant;
  /** When a source first told us that it was taken back. */
  readonly withdrawnAt?: Instant;
}

const arxivForm = /^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})$/;

/** `2510.01234v2` -> `{ id: '2510.01234', version: 2 }`; undefined when it is no arXiv id (old and new form). */
export function parseArxivId(text: string): { id: string; version?: number } | undefined {
  const [, bare = '', version] = /^(.*?)(?:v([1-9]\d{0,3}))?$/.exec(text.trim()) ?? [];
  if (!arxivForm.test(bare)) return undefined;
  return version === undefined ? { id: bare } : { id: bare, version: Number(version) };
}

/** The paper id by the best identity at hand: arXiv id, DOI, then URL. `url` is the last resort. */
export function paperId(identity: { arxiv?: string; doi?: string; url: string }): PaperId {
  if (identity.arxiv !== undefined) {
    const parsed = parseArxivId(identity.arxiv);
    if (parsed) return `arxiv:${parsed.id}`;
  }
  if (identity.doi !== undefined) {
    const doi = identity.doi
      .trim()
      .replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)/i, '')
      .toLowerCase();
    const [, arxiv] = /^10\.48550\/arxiv\.(.+)$/.exec(doi) ?? [];
    if (arxiv !== undefined) return paperId({ arxiv, url: identity.url });
    if (/^10\.\d{4,9}\/\S+$/.test(doi) && isPathSafe(doi)) return `doi:${doi}`;
  }
  const arxivUrl = /^https?:\/\/(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf)\/(.+?)(?:\.pdf)?$/.exec(
    identity.url,
  );
  if (arxivUrl?.[1] !== undefined) {
    const parsed = parseArxivId(arxivUrl[1]);
    if (parsed) return `arxiv:${parsed.id}`;
  }
  return `url:${createHash('sha256').update(normalUrl(identity.url)).digest('hex').slice(0, 32)}`;
}

/** A DOI may hold anything; one that cannot stand in a path (`10.1234/..`, empty segments) is known by its URL. */
function isPathSafe(doi: string): boolean {
  return (
    doi.length <= 200 &&
    doi.split('/').every((part) => part !== '' && !part.startsWith('.') && !/[\\\p{Cc}]/u.test(part))
  );
}

/** One spelling of an address: https, host in lower case, no fragment, no trailing slash. */
function normalUrl(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.hash = '';
    if (parsed.protocol === 'http:') parsed.protocol = 'https:';
    return parsed.href.replace(/\/$/, '');
  } catch {
    return url.trim();
  }
}

/** The id as people write it: `2510.01234`, a DOI, or the hash. */
export function bareId(id: PaperId): string {
  return id.slice(id.indexOf(':') + 1);
}

/** The path of a paper's page below the site's root, percent-encoded: `p/arxiv/2510.01234/`. */
export function paperPath(id: PaperId): string {
  const kind = id.slice(0, id.indexOf(':'));
  return `p/${kind}/${bareId(id).split('/').map(encodeURIComponent).join('/')}/`;
}

/** One line of plain text: Unicode NFC, every run of white space one space, ends trimmed. */
export function plainLine(text: string): string {
  // Most text is ASCII and in order already: asking costs a tenth of doing.
  if (!/[^\x20-\x7e]| {2}/.test(text) && !text.startsWith(' ') && !text.endsWith(' ')) return text;
  return text
    .normalize('NFC')
    .replace(/\s\s+|[^\S ]/g, ' ')
    .trim();
}

export const revisableFields = [
  'title',
  'abstract',
  'authors',
  'categories',
  'version',
  'doi',
  'code',
  'comments',
  'withdrawn',
] as const;

/** What can change in a way a reader cares about; `code-added`: there was none before. */
export type RevisedField = (typeof revisableFields)[number] | 'code-added';
