import type { FeedFormat } from './model.ts';

/** What a reader wants of a feed, with the names of RSSHub's parameters. */
export interface FeedQuery {
  readonly filters: readonly FeedFilter[];
  readonly isCaseSensitive: boolean;
  /** Entries of the last so many seconds. */
  readonly seconds?: number;
  readonly limit?: number;
  /** The content is plain text of so many characters. */
  readonly brief?: number;
  readonly format: FeedFormat;
  /** The parameters that change something, sorted, without `format`: one text for all spellings of the same wish. */
  readonly canonical: string;
}

export interface FeedFilter {
  readonly field: FilterField;
  /** Whether entries that match are kept, or left out. */
  readonly keeps: boolean;
  /** Literal texts, of which one is enough. */
  readonly texts: readonly string[];
}

export type FilterField = 'any' | 'title' | 'description' | 'author' | 'category';

export type ReadFeedQuery =
  | { readonly state: 'query'; readonly query: FeedQuery }
  | { readonly state: 'fault'; readonly text: string };

const filterFields: readonly FilterField[] = ['any', 'title', 'description', 'author', 'category'];
const filterNames = filterFields.flatMap((field) =>
  [true, false].map((keeps) => ({
    field,
    keeps,
    name: `${keeps ? 'filter' : 'filterout'}${field === 'any' ? '' : `_${field}`}`,
  })),
);
const otherNames = ['filter_case_sensitive', 'filter_time', 'limit', 'sorted', 'brief', 'format'];
const names = [...filterNames.map(({ name }) => name), ...otherNames];

/** A query string may have so many characters; it bounds all work on it. */
const mostCharacters = 2_000;
/** Texts of all filters together: each is looked for in every entry. */
const mostTexts = 20;
const mostItems = 100;

/**
 * The wishes of a query string (`limit=5&filter=robot|drone`), for a feed that stands in `own` format.
 *
 * Texts of filters are literal, `|` stands between them: there is no pattern that could take long. Parameters without a
 * value and unknown ones are ignored; a known one that stands twice or has no value it can have is a fault. `limit` is
 * held at a hundred.
 */
export function readFeedQuery(search: string, own: FeedFormat): ReadFeedQuery {
  if (search.length > mostCharacters) return fault(`a query of at most ${mostCharacters} characters`);
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!names.includes(name) || value === '') continue;
    if (values.has(name)) return fault(`${name} once`);
    if (value.includes('\uFFFD') || /\p{Cc}/u.test(value)) return fault(`${name} to be text in UTF-8`);
    values.set(name, value.normalize('NFC'));
  }

  const filters = filterNames.flatMap(({ name, field, keeps }): FeedFilter[] => {
    const texts = [...new Set(values.get(name)?.split('|') ?? [])].filter((text) => text.trim() !== '');
    return texts.length === 0 ? [] : [{ field, keeps, texts }];
  });
  if (filters.reduce((sum, { texts }) => sum + texts.length, 0) > mostTexts) {
    return fault(`at most ${mostTexts} texts between all filters`);
  }
  const limit = wholeNumber(values.get('limit'), 1);
  if (limit === 'fault') return fault('limit to be a whole number from 1');
  const seconds = wholeNumber(values.get('filter_time'), 1);
  if (seconds === 'fault') return fault('filter_time to be a whole number of seconds from 1');
  const brief = wholeNumber(values.get('brief'), 100);
  if (brief === 'fault') return fault('brief to be a whole number of characters from 100');
  const isCaseSensitive = trueOrFalse(values.get('filter_case_sensitive') ?? 'true');
  if (isCaseSensitive === 'fault') return fault('filter_case_sensitive to be true or false');
  // Entries are sorted as they are: what RSSHub does by the parameter changes nothing here.
  if (trueOrFalse(values.get('sorted') ?? 'true') === 'fault') return fault('sorted to be true or false');
  const wanted = values.get('format') ?? own;
  const format = (['rss', 'atom', 'json'] as const).find((one) => one === wanted);
  if (format === undefined) return fault('format to be rss, atom or json');

  const query = {
    filters,
    isCaseSensitive,
    ...(seconds !== undefined && { seconds }),
    ...(limit !== undefined && limit < mostItems && { limit }),
    ...(brief !== undefined && { brief }),
    format,
  };
  return { state: 'query', query: { ...query, canonical: canonicalOf(query) } };
}

function canonicalOf(query: Omit<FeedQuery, 'canonical'>): string {
  const { filters, isCaseSensitive, seconds, limit, brief } = query;
  const parameters = new URLSearchParams();
  for (const { name, field, keeps } of filterNames) {
    const filter = filters.find((one) => one.field === field && one.keeps === keeps);
    if (filter) parameters.set(name, filter.texts.join('|'));
  }
  if (filters.length > 0 && !isCaseSensitive) parameters.set('filter_case_sensitive', 'false');
  for (const [name, value] of Object.entries({ filter_time: seconds, limit, brief })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  parameters.sort();
  return parameters.toString();
}

function wholeNumber(value: string | undefined, least: number): number | undefined | 'fault' {
  if (value === undefined) return undefined;
  return /^\d{1,9}$/.test(value) && Number(value) >= least ? Number(value) : 'fault';
}

function trueOrFalse(value: string): boolean | 'fault' {
  return value === 'true' ? true : value === 'false' ? false : 'fault';
}

function fault(expected: string): ReadFeedQuery {
  return { state: 'fault', text: `Expected ${expected}.` };
}
