import type { Follow } from './follow.ts';
import type { Topic } from './topic.ts';

/** What every renderer needs to know of the place it writes for. Nothing in it changes between two editions. */
export interface Site {
  readonly title: string;
  readonly description: string;
  /** Absolute, http(s), ends with a slash; may have a path: `https://papers.example.org/daily/`. */
  readonly baseUrl: string;
  /**
   * Authority and year of `tag:` URIs (RFC 4151), fixed at installation and stored, so that ids survive
   * a change of `baseUrl`: `papers.example.org,2026`.
   */
  readonly tagAuthority: string;
  /** BCP 47. */
  readonly language: string;
  /** The operator's address for readers, if any. */
  readonly contact?: string;
  /** Postal address or identity line for the mail's footer. */
  readonly postalAddress?: string;
  /** All configured topics, in order. */
  readonly topics: readonly Topic[];
  /** Authors and labs that have a feed of their own. */
  readonly follows?: readonly Follow[];
  /** The papers and people are invented: every output says so. */
  readonly isSample: boolean;
  /** Where programs subscribe to the feeds (W3C WebSub), absolute; undefined where there is no hub. */
  readonly hubUrl?: string;
  /** Mails go to an outbox that the site shows at `outbox/`. */
  readonly hasOutbox?: boolean;
  /** A server answers `search`; not where the site is only files. */
  readonly hasSearch?: boolean;
  /** A server answers `subscribe/`, where readers join by themselves. */
  readonly hasSignUp?: boolean;
}

/** An absolute address below the site's root. */
export function siteUrl(site: Pick<Site, 'baseUrl'>, path: string): string {
  return new URL(path, site.baseUrl).href;
}

/** One file of the published site: a feed, a page, a style sheet. */
export interface PublishedDocument {
  /** Below the site's root, no leading slash; a folder's page is `…/index.html`. */
  readonly path: string;
  readonly contentType: string;
  /**
   * Names everything that the body is made of: with the same basis it would be the same bytes, and need not be made
   * again. Undefined where making it is as cheap as knowing.
   */
  readonly basis?: string;
  /** Can be a getter that makes it when it is asked for. */
  readonly body: string | Uint8Array;
}
