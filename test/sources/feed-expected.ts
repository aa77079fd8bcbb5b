import { feedInstant } from '../../src/sources/feed-date.ts';
import { resolved, type FeedEntry } from '../../src/sources/feed-entry.ts';
import { plainText } from '../../src/sources/feed-html.ts';

/** An entry as another parser wrote it down: only the parts that it tells. */
export interface ExpectedEntry {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly links: readonly string[];
  readonly published: string | undefined;
  readonly updated: string | undefined;
}

/** The entries in an expected parse of gofeed, feed-rs or feedsmith; each has a shape of its own. */
export function expectedEntries(value: unknown): ExpectedEntry[] {
  const entries =
    member(value, 'entries') ?? member(value, 'items') ?? member(member(value, 'feed'), 'items');
  return (Array.isArray(entries) ? entries : []).map((entry: unknown) => ({
    id:
      text(member(entry, 'id')) ??
      text(member(member(entry, 'guid'), 'value')) ??
      text(member(entry, 'guid')),
    title: text(member(entry, 'title')) ?? text(member(member(entry, 'title'), 'content')),
    links: [
      text(member(entry, 'link')),
      text(member(entry, 'url')),
      ...list(member(entry, 'links')).flatMap((link) => {
        const rel = text(member(link, 'rel')) ?? 'alternate';
        return rel === 'alternate' ? [text(link) ?? text(member(link, 'href'))] : [];
      }),
    ].filter((link) => link !== undefined),
    published:
      text(member(entry, 'published')) ??
      text(member(entry, 'pubDate')) ??
      text(member(entry, 'date_published')),
    updated: text(member(entry, 'updated')) ?? text(member(entry, 'date_modified')),
  }));
}

/** Where an entry of ours says something else than what was expected, in words; empty when they agree. */
export function differences(ours: FeedEntry, expected: ExpectedEntry, address: string): string[] {
  const found: string[] = [];
  const compare = (what: string, got: unknown, wanted: unknown): void => {
    if (got !== wanted) found.push(`${what}: ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`);
  };
  // feed-rs makes up an id for an entry without one: hexadecimal digits.
  if (expected.id !== undefined && !/^[0-9a-f-]{31,36}$/.test(expected.id))
    compare('id', ours.id, expected.id.trim());
  if (expected.title !== undefined) {
    compare('title', plainText(ours.title), plainText({ text: expected.title, type: 'html' }));
  }
  const hrefs = ours.links.map(({ href }) => spelling(href));
  for (const link of expected.links) {
    if (!hrefs.includes(spelling(resolved(link, address)))) compare('link', hrefs.join(' '), link);
  }
  if (expected.published !== undefined)
    compare('published', ours.publishedAt, feedInstant(expected.published));
  if (expected.updated !== undefined) {
    compare('updated', ours.updatedAt ?? ours.publishedAt, feedInstant(expected.updated));
  }
  return found;
}

/** One spelling of an address: some parsers write a slash after a bare host. */
function spelling(href: string): string {
  return URL.canParse(href) ? new URL(href).href : href;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
