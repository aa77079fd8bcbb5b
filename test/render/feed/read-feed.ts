import { parseXmlDocument, type Element } from 'slimdom';
import { readJson } from '../../../src/render/feed/read-json.ts';
import type { FeedFormat } from '../../../src/render/feed/model.ts';

/** A feed as a program reads it, the same for every format. */
export interface ReadFeed {
  readonly format: FeedFormat;
  readonly title: string;
  readonly self: string;
  readonly links: readonly ReadLink[];
  /** The marks of RFC 5005, and `expired` of JSON Feed. */
  readonly marks: readonly string[];
  readonly updatedAt: number;
  readonly items: readonly ReadItem[];
}

export interface ReadLink {
  readonly rel: string;
  readonly href: string;
  readonly type: string | undefined;
}

export interface ReadItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly publishedAt: number;
  readonly updatedAt: number;
  readonly summary: string;
  readonly html: string;
  readonly authors: readonly string[];
}

/** The format of a published file by its content type; undefined for what is no feed. */
export function formatOf(contentType: string): FeedFormat | undefined {
  if (contentType.startsWith('application/rss+xml')) return 'rss';
  if (contentType.startsWith('application/atom+xml')) return 'atom';
  return contentType.startsWith('application/feed+json') ? 'json' : undefined;
}

export function readFeed(format: FeedFormat, text: string): ReadFeed {
  if (format === 'json') return fromJson(text);
  const root = parseXmlDocument(text).documentElement;
  if (!root) throw new SyntaxError('no root element');
  return format === 'rss' ? fromRss(root) : fromAtom(root);
}

function fromRss(root: Element): ReadFeed {
  const [channel] = root.children;
  if (!channel) throw new SyntaxError('no channel');
  const links = linksOf(channel, 'atom:link');
  return {
    format: 'rss',
    title: one(channel, 'title'),
    self: hrefOf(links, 'self'),
    links,
    marks: marksOf(channel),
    updatedAt: Date.parse(one(channel, 'lastBuildDate')),
    items: named(channel, 'item').map((item) => ({
      id: one(item, 'guid'),
      title: one(item, 'title'),
      url: one(item, 'link'),
      publishedAt: Date.parse(one(item, 'pubDate')),
      updatedAt: Date.parse(one(item, 'atom:updated')),
      summary: unescapeHtml(one(item, 'description')),
      html: one(item, 'content:encoded'),
      authors: [one(item, 'dc:creator')],
    })),
  };
}

function fromAtom(root: Element): ReadFeed {
  const links = linksOf(root, 'link');
  return {
    format: 'atom',
    title: unescapeHtml(one(root, 'title')),
    self: hrefOf(links, 'self'),
    links,
    marks: marksOf(root),
    updatedAt: Date.parse(one(root, 'updated')),
    items: named(root, 'entry').map((entry) => ({
      id: one(entry, 'id'),
      title: unescapeHtml(one(entry, 'title')),
      url: hrefOf(linksOf(entry, 'link'), 'alternate'),
      publishedAt: Date.parse(one(entry, 'published')),
      updatedAt: Date.parse(one(entry, 'updated')),
      summary: unescapeHtml(one(entry, 'summary')),
      html: one(entry, 'content'),
      authors: named(entry, 'author').map((author) => one(author, 'name')),
    })),
  };
}

function fromJson(text: string): ReadFeed {
  const document = readJson(text);
  const { next_url: next, expired } = JSON.parse(text) as { next_url?: string; expired?: boolean };
  return {
    format: 'json',
    title: document.title,
    self: document.formatUrls.json,
    links: next === undefined ? [] : [{ rel: 'prev-archive', href: next, type: undefined }],
    marks: expired === true ? ['expired'] : [],
    updatedAt: document.updatedAt,
    items: document.items.map(({ contentHtml, ...item }) => ({ ...item, html: contentHtml })),
  };
}

function linksOf(parent: Element, name: string): readonly ReadLink[] {
  return named(parent, name).map((link) => ({
    rel: link.getAttribute('rel') ?? '',
    href: link.getAttribute('href') ?? '',
    type: link.getAttribute('type') ?? undefined,
  }));
}

export function hrefOf(links: readonly ReadLink[], rel: string): string {
  return links.find((link) => link.rel === rel)?.href ?? '';
}

function marksOf(parent: Element): readonly string[] {
  return parent.children.flatMap(({ nodeName }) => (/^fh:(.+)$/.exec(nodeName) ?? []).slice(1));
}

function named(parent: Element, name: string): readonly Element[] {
  return parent.children.filter((element) => element.nodeName === name);
}

function one(parent: Element, name: string): string {
  const found = named(parent, name);
  if (found.length !== 1) throw new SyntaxError(`${found.length} times ${name}`);
  return found[0]?.textContent ?? '';
}

function unescapeHtml(html: string): string {
  return html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
