import type { Instant } from '../domain/time.ts';

/** Text of a feed and what it is: plain text, or HTML that has still to be read as such. */
export interface FeedText {
  readonly text: string;
  readonly type: 'text' | 'html';
}

export interface FeedLink {
  /** Absolute where the feed or its address gives a base, else as it stands. */
  readonly href: string;
  /** Lower case; `alternate` where the feed names none. */
  readonly rel: string;
  /** A media type in lower case, or empty. */
  readonly type: string;
}

/** One item of a feed of any format, before we ask whether it is a paper. Absent is undefined or empty. */
export interface FeedEntry {
  /** `guid`, Atom `id`, `rdf:about`, JSON `id`. */
  readonly id?: string;
  readonly title?: FeedText;
  readonly links: readonly FeedLink[];
  /** Each as the feed writes it, one or several names. */
  readonly authors: readonly string[];
  readonly publishedAt?: Instant;
  readonly updatedAt?: Instant;
  readonly summary?: FeedText;
  readonly content?: FeedText;
  readonly categories: readonly string[];
  /** DOIs and the like, as they stand: `prism:doi`, `dc:identifier`. */
  readonly identifiers: readonly string[];
  /** arXiv's own element; only its feeds have it. */
  readonly announceType?: string;
}

/** What is known once the last entry is read. */
export interface FeedEnd {
  /** The title of the feed itself, or empty. */
  readonly title: string;
  /** Why reading stopped before the end; undefined when the document was read whole. */
  readonly fault?: string;
}

/** `href` against a base; as it stands where that gives no address. */
export function resolved(href: string, base: string): string {
  const trimmed = href.trim();
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed) || trimmed === '') return trimmed;
  return URL.canParse(trimmed, base) ? new URL(trimmed, base).href : trimmed;
}
