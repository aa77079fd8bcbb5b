import { z } from 'zod';
import { SourceError } from '../errors.ts';
import { feedInstant } from './feed-date.ts';
import { resolved, type FeedEnd, type FeedEntry, type FeedText } from './feed-entry.ts';

const text = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const person = z.object({ name: text }).catch({});

const wireItem = z.object({
  id: text,
  url: text,
  external_url: text,
  title: text,
  content_html: text,
  content_text: text,
  summary: text,
  date_published: text,
  date_modified: text,
  author: person.optional(),
  authors: z.array(person).catch([]),
  tags: z.array(text).catch([]),
});

const wireFeed = z.object({ version: text, title: text, items: z.array(z.unknown()) });

/**
 * The entries of a JSON Feed (version 1 and 1.1, jsonfeed.org). Absent and wrong-typed members are left out; an item
 * that is no object has nothing and will be dropped as such. Throws `SourceError`: `malformed` for JSON that is cut off or
 * broken, `not-recognised` for JSON that is no JSON Feed.
 */
export function* jsonEntries(json: string, address: string): Generator<FeedEntry, FeedEnd, undefined> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (thrown) {
    throw new SourceError(
      'malformed',
      `Expected a whole JSON Feed from ${address}; got ${json.length} characters of JSON that is cut off or broken. Try again later.`,
      { cause: thrown },
    );
  }
  const feed = wireFeed.safeParse(value);
  if (!feed.success || !/jsonfeed\.org\/version|^1(?:\.[01])?$/i.test(feed.data.version ?? '')) {
    throw new SourceError(
      'not-recognised',
      `Expected a JSON Feed (with version and items) from ${address}; got other JSON: "${json.slice(0, 60).replace(/\s+/g, ' ').trim()}". Check the address.`,
    );
  }
  for (const item of feed.data.items) {
    const parsed = wireItem.safeParse(item);
    yield parsed.success
      ? entryOf(parsed.data, address)
      : { links: [], authors: [], categories: [], identifiers: [] };
  }
  return { title: (feed.data.title ?? '').trim() };
}

function entryOf(item: z.infer<typeof wireItem>, address: string): FeedEntry {
  const publishedAt = feedInstant(item.date_published ?? '');
  const updatedAt = feedInstant(item.date_modified ?? '');
  const content = textOf(item.content_html, 'html') ?? textOf(item.content_text, 'text');
  const title = textOf(item.title, 'text');
  const summary = textOf(item.summary, 'text');
  const people = item.authors.length > 0 ? item.authors : item.author === undefined ? [] : [item.author];
  // A link log stands for the page it points to, its own page for a remark about that page.
  const links = [item.url, item.external_url]
    .map((href) => resolved(href ?? '', address))
    .filter((href) => href !== '')
    .map((href) => ({ href, rel: 'alternate', type: '' }));
  return {
    ...(item.id === undefined || item.id === '' ? {} : { id: item.id }),
    ...(title === undefined ? {} : { title }),
    links,
    authors: people.map(({ name }) => name?.trim() ?? '').filter((name) => name !== ''),
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(summary === undefined ? {} : { summary }),
    ...(content === undefined ? {} : { content }),
    categories: item.tags.map((tag) => tag?.trim() ?? '').filter((tag) => tag !== ''),
    identifiers: [],
  };
}

function textOf(value: string | undefined, type: FeedText['type']): FeedText | undefined {
  return value === undefined || value.trim() === '' ? undefined : { text: value, type };
}
