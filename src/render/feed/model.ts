import type { Instant } from '../../domain/time.ts';

/** A feed before it has a format: plain data, from which RSS, Atom and JSON Feed are written. */
export interface FeedDocument {
  /** `tag:` URI (RFC 4151), for ever the same. */
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  /** The page for people, absolute. */
  readonly pageUrl: string;
  /** Where this feed stands in each format, absolute. */
  readonly formatUrls: FeedFormats;
  /** Where programs subscribe to it (W3C WebSub), absolute. */
  readonly hubUrl?: string;
  /** The formats that it stands in, where it is not in all of them. */
  readonly formats?: readonly FeedFormat[];
  /** How the documents of a long feed hang together (RFC 5005). */
  readonly paging?: FeedPaging;
  /** CSS for browsers that show the feed itself, absolute. */
  readonly stylesheetUrl: string;
  /** A PNG as wide as it is high, absolute; its sides have `iconSize` pixels. */
  readonly iconUrl: string;
  /** BCP 47. */
  readonly language: string;
  /** Who answers for the feed, and for entries without authors. */
  readonly publisher: string;
  /** Whose the texts are, in one line. */
  readonly rights: string;
  /** A page about how the feeds are made, absolute. */
  readonly generatorUrl: string;
  /** The latest change of the content; in an empty feed a constant. Never the time of writing. */
  readonly updatedAt: Instant;
  /** Newest first; ids and `updatedAt` are unique. */
  readonly items: readonly FeedItem[];
}

/** One thing said three times, in RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed 1.1. */
export interface FeedFormats {
  readonly rss: string;
  readonly atom: string;
  readonly json: string;
}

export type FeedFormat = keyof FeedFormats;

/** Links and marks of RFC 5005; in JSON Feed `next_url` and `expired`. */
export interface FeedPaging {
  /**
   * `archive`: its entries are settled, and later ones stand elsewhere. `complete`: these are all entries there will
   * ever be. Undefined in the document that readers subscribe to.
   */
  readonly kind?: 'archive' | 'complete';
  /** The document that readers subscribe to, in an archive document. */
  readonly current?: FeedFormats;
  /** The archive document with the entries right before these. */
  readonly prevArchive?: FeedFormats;
  readonly nextArchive?: FeedFormats;
}

export interface FeedItem {
  /** `tag:` URI, the same in every feed and every format. */
  readonly id: string;
  /** Plain text in one line. */
  readonly title: string;
  /** Our page of it, absolute. */
  readonly url: string;
  /** The page elsewhere that it is about, absolute. */
  readonly externalUrl?: string;
  /** Plain text. */
  readonly summary: string;
  /** An HTML fragment with absolute addresses only; readers that show it hide the summary. */
  readonly contentHtml: string;
  /** Names in their order; none means the publisher. */
  readonly authors: readonly string[];
  readonly categories: readonly FeedCategory[];
  /** When it was published here, not when the paper was. */
  readonly publishedAt: Instant;
  readonly updatedAt: Instant;
  readonly related: readonly FeedLink[];
  readonly enclosure?: FeedEnclosure;
  /** The feed that it first stood in, where that is another one; its RSS, absolute. */
  readonly source?: FeedLink;
  readonly paper?: FeedPaper;
  readonly pick?: FeedPick;
}

export interface FeedCategory {
  readonly term: string;
  readonly label: string;
  /** URI of the list that the term is from. */
  readonly scheme: string;
}

export interface FeedLink {
  readonly title: string;
  readonly url: string;
}

export interface FeedEnclosure {
  readonly url: string;
  readonly mimeType: string;
}

/** Facts of the paper itself: the object `_paper` of JSON Feed, Dublin Core in RSS and Atom. */
export interface FeedPaper {
  /** The address of a page about these fields. */
  readonly aboutUrl: string;
  readonly id: string;
  readonly version?: number;
  readonly doi?: string;
  readonly source: string;
  readonly submittedAt?: Instant;
  readonly firstSeenAt: Instant;
  readonly authorCount: number;
  /** The title with its TeX, where it has any. */
  readonly titleTex?: string;
}

/** Why a paper was picked, in numbers as they were when it was: the object `_pick` of JSON Feed. Frozen. */
export interface FeedPick {
  /** The address of a page about these fields. */
  readonly aboutUrl: string;
  /** Facts in one line. */
  readonly why: string;
  /** Place in its edition or list, from 1. */
  readonly rank: number;
  readonly topic: string;
  /** The number it was ordered by, in expected final votes. */
  readonly score: number;
  /** The parts that add up to the score. */
  readonly parts: readonly { readonly name: string; readonly value: number }[];
  /** Share of the candidates that gained less or as much, 0 to 1. */
  readonly percentile?: number;
  /** Votes gained in so many hours. */
  readonly gained?: number;
  readonly hours?: number;
  /** The chance of getting onto a list with votes, 0 to 1. */
  readonly chance?: number;
  /** Signals that no source gave. */
  readonly missing: readonly string[];
  /** What was counted at that time, by kind. */
  readonly counts: Readonly<Record<string, number>>;
}
