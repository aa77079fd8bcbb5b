import type { WebsubConfig } from '../config/config.ts';
import { ownHub } from '../config/websub-schema.ts';
import { siteUrl, type Site } from '../domain/site.ts';
import { bareHost } from '../sources/public-address.ts';
import { publishedAddress } from '../store/published-list.ts';

/** The hub that the feeds name. */
export interface Hub {
  /** Absolute; the same bytes in documents and headers. */
  readonly url: string;
  /** Whether it is ours: then we take subscriptions and send the feeds. */
  readonly isOwn: boolean;
  /** Whether it is told of changes. */
  readonly publishes: boolean;
  /** Hosts that may have private addresses: callbacks the operator named, or the hub itself. */
  readonly allowedHosts: readonly string[];
}

/** Where our own hub answers, below the site's root. */
export const hubPath = 'hub';

/** The hub of a configuration. */
export function hubOf({ hub, publish, allowHosts }: WebsubConfig, site: Pick<Site, 'baseUrl'>): Hub {
  const isOwn = hub === ownHub;
  return {
    url: isOwn ? siteUrl(site, hubPath) : hub,
    isOwn,
    publishes: publish,
    allowedHosts: isOwn ? allowHosts : [new URL(hub).hostname],
  };
}

/** The host of an address, in one spelling: what is bounded by host counts under this name. */
export function hostOf(address: string): string {
  return bareHost(new URL(address).hostname).replace(/\.$/, '');
}

/**
 * The address of a published file, as the document in it names itself; `path` is decoded, as the list of
 * published files has it.
 */
export function topicUrl(site: Pick<Site, 'baseUrl'>, path: string): string {
  return siteUrl(site, publishedAddress(path));
}

/** `Link` header of a feed that is sent to a subscriber (RFC 8288; W3C WebSub section 7): the hub and the feed's own address. */
export function feedLinks(topic: string, hubUrl: string): string {
  return `<${hubUrl}>; rel="hub", <${topic}>; rel="self"`;
}

/** Whether documents of this type are feeds, which can be subscribed to. */
export function isFeedType(contentType: string): boolean {
  return /^application\/(?:rss\+xml|atom\+xml|feed\+json)\b/.test(contentType);
}
