import { z } from 'zod';
import { RenderError } from '../../errors.ts';
import type { FeedDocument, FeedFormat } from './model.ts';

const url = z.string();
const instant = z.iso.datetime().transform((text) => Date.parse(text));
const link = z.object({ title: z.string(), url });
const category = z.object({ term: z.string(), label: z.string(), scheme: z.string() });
const paper = z.object({
  about: url,
  id: z.string(),
  version: z.number().exactOptional(),
  doi: z.string().exactOptional(),
  source: z.string(),
  submitted_at: instant.exactOptional(),
  first_seen_at: instant,
  author_count: z.number(),
  title_tex: z.string().exactOptional(),
});
const pick = z.object({
  about: url,
  why: z.string(),
  rank: z.number(),
  topic: z.string(),
  score: z.number(),
  parts: z.array(z.object({ name: z.string(), value: z.number() })),
  percentile: z.number().exactOptional(),
  gained: z.number().exactOptional(),
  hours: z.number().exactOptional(),
  chance: z.number().exactOptional(),
  missing: z.array(z.string()),
  counts: z.record(z.string(), z.number()),
});
const item = z.object({
  id: z.string(),
  url,
  external_url: url.exactOptional(),
  title: z.string(),
  content_html: z.string(),
  summary: z.string(),
  date_published: instant,
  date_modified: instant,
  authors: z.array(z.object({ name: z.string() })),
  attachments: z.array(z.object({ url, mime_type: z.string() })).exactOptional(),
  _entry: z.object({ categories: z.array(category), links: z.array(link), source: link.exactOptional() }),
  _paper: paper.exactOptional(),
  _pick: pick.exactOptional(),
});
const feed = z.object({
  title: z.string(),
  home_page_url: url,
  feed_url: url,
  description: z.string(),
  icon: url,
  language: z.string(),
  hubs: z.array(z.object({ url })).exactOptional(),
  _feed: z.object({
    about: url,
    id: z.string(),
    updated: instant,
    publisher: z.string(),
    rights: z.string(),
    stylesheet_url: url,
    rss_url: url.exactOptional(),
    atom_url: url.exactOptional(),
  }),
  items: z.array(item),
});

/**
 * The document that `renderJson` wrote, without its place among archive documents. Throws RenderError for any other text.
 *
 * So the published file is the model of its feed: whoever needs the feed in another shape needs neither the store nor
 * the past, and sees what readers see.
 */
export function readJson(json: string): FeedDocument {
  const { _feed, hubs, items, ...found } = parsed(json);
  const formats: readonly FeedFormat[] = [
    ...(_feed.rss_url === undefined ? [] : (['rss'] as const)),
    ...(_feed.atom_url === undefined ? [] : (['atom'] as const)),
    'json',
  ];
  const [hub] = hubs ?? [];
  return {
    id: _feed.id,
    title: found.title,
    subtitle: found.description,
    pageUrl: found.home_page_url,
    formatUrls: {
      rss: _feed.rss_url ?? found.feed_url,
      atom: _feed.atom_url ?? found.feed_url,
      json: found.feed_url,
    },
    ...(formats.length < 3 && { formats }),
    ...(hub && { hubUrl: hub.url }),
    stylesheetUrl: _feed.stylesheet_url,
    iconUrl: found.icon,
    language: found.language,
    publisher: _feed.publisher,
    rights: _feed.rights,
    generatorUrl: _feed.about,
    updatedAt: _feed.updated,
    items: items.map((one) => itemOf(one, _feed.publisher)),
  };
}

function parsed(json: string): z.output<typeof feed> {
  try {
    return feed.parse(JSON.parse(json));
  } catch (cause) {
    const message = 'expected a JSON Feed as this version writes it; publish the site again';
    throw new RenderError('json', message, { cause });
  }
}

type JsonItem = z.output<typeof item>;

function itemOf(
  { _entry, _paper, _pick, ...one }: JsonItem,
  publisher: string,
): FeedDocument['items'][number] {
  const [enclosure] = one.attachments ?? [];
  const names = one.authors.map(({ name }) => name);
  return {
    id: one.id,
    title: one.title,
    url: one.url,
    ...(one.external_url !== undefined && { externalUrl: one.external_url }),
    summary: one.summary,
    contentHtml: one.content_html,
    // An item without authors is by the publisher.
    authors: names.length === 1 && names[0] === publisher ? [] : names,
    categories: _entry.categories,
    publishedAt: one.date_published,
    updatedAt: one.date_modified,
    related: _entry.links,
    ...(enclosure && { enclosure: { url: enclosure.url, mimeType: enclosure.mime_type } }),
    ...(_entry.source && { source: _entry.source }),
    ...(_paper && { paper: paperOf(_paper) }),
    ...(_pick && { pick: pickOf(_pick) }),
  };
}

function paperOf({
  about,
  submitted_at,
  first_seen_at,
  author_count,
  title_tex,
  ...facts
}: z.output<typeof paper>): NonNullable<FeedDocument['items'][number]['paper']> {
  return {
    ...facts,
    aboutUrl: about,
    ...(submitted_at !== undefined && { submittedAt: submitted_at }),
    firstSeenAt: first_seen_at,
    authorCount: author_count,
    ...(title_tex !== undefined && { titleTex: title_tex }),
  };
}

function pickOf({
  about,
  ...facts
}: z.output<typeof pick>): NonNullable<FeedDocument['items'][number]['pick']> {
  return { ...facts, aboutUrl: about };
}
