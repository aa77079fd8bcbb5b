import { RenderError } from '../../errors.ts';
import { cleanText } from '../text.ts';
import { httpAddress } from './address.ts';
import type { FeedDocument, FeedFormats, FeedItem, FeedPaging, FeedPick } from './model.ts';
import { formatInstant, type Instant } from '../../domain/time.ts';

const earliestAt = Date.UTC(1990, 0, 1);
export const earliestPaperAt = Date.UTC(1500, 0, 1);
export const latestAt = Date.UTC(9999, 11, 31);

/**
 * The document with every text fit for XML and JSON: characters that a format cannot hold are gone, titles are
 * one line, addresses are URIs in ASCII (RFC 3986).
 *
 * Throws RenderError, with the field's path as in `items.3.url`, when something is missing, empty, not an
 * absolute address, no plausible date, or there twice.
 */
export function checkedDocument(document: FeedDocument): FeedDocument {
  const ids = new Set<string>();
  const times = new Set<string>();
  const items = document.items.map((item, index) => {
    const checked = checkedOnce(item, `items.${index}`);
    const updated = formatInstant(checked.updatedAt);
    if (ids.has(checked.id)) throw new RenderError(`items.${index}.id`, `${checked.id} is there twice`);
    if (times.has(updated))
      throw new RenderError(`items.${index}.updatedAt`, 'another item has the same time');
    ids.add(checked.id);
    times.add(updated);
    return checked;
  });
  return {
    id: uri(document.id, 'id'),
    title: plainLine(document.title, 'title'),
    subtitle: plainLine(document.subtitle, 'subtitle'),
    pageUrl: webUrl(document.pageUrl, 'pageUrl'),
    formatUrls: urls(document.formatUrls, 'formatUrls'),
    ...(document.formats && { formats: document.formats }),
    ...(document.paging && { paging: checkedPaging(document.paging) }),
    ...(document.hubUrl === undefined ? {} : { hubUrl: webUrl(document.hubUrl, 'hubUrl') }),
    stylesheetUrl: webUrl(document.stylesheetUrl, 'stylesheetUrl'),
    iconUrl: webUrl(document.iconUrl, 'iconUrl'),
    language: language(document.language),
    publisher: plainLine(document.publisher, 'publisher'),
    rights: plainLine(document.rights, 'rights'),
    generatorUrl: webUrl(document.generatorUrl, 'generatorUrl'),
    updatedAt: instant(document.updatedAt, 'updatedAt'),
    items,
  };
}

function checkedPaging({ kind, current, prevArchive, nextArchive }: FeedPaging): FeedPaging {
  return {
    ...(kind && { kind }),
    ...(current && { current: urls(current, 'paging.current') }),
    ...(prevArchive && { prevArchive: urls(prevArchive, 'paging.prevArchive') }),
    ...(nextArchive && { nextArchive: urls(nextArchive, 'paging.nextArchive') }),
  };
}

function urls({ rss, atom, json }: FeedFormats, field: string): FeedFormats {
  return {
    rss: webUrl(rss, `${field}.rss`),
    atom: webUrl(atom, `${field}.atom`),
    json: webUrl(json, `${field}.json`),
  };
}

const checkedItems = new WeakMap<FeedItem, FeedItem>();

/** The same item stands in several documents. */
function checkedOnce(item: FeedItem, field: string): FeedItem {
  const checked = checkedItems.get(item) ?? checkedItem(item, field);
  checkedItems.set(item, checked);
  return checked;
}

function checkedItem(item: FeedItem, field: string): FeedItem {
  const publishedAt = instant(item.publishedAt, `${field}.publishedAt`);
  const updatedAt = instant(item.updatedAt, `${field}.updatedAt`);
  if (updatedAt < publishedAt) throw new RenderError(`${field}.updatedAt`, 'it is before publishedAt');
  return {
    id: uri(item.id, `${field}.id`),
    title: plainLine(item.title, `${field}.title`),
    url: webUrl(item.url, `${field}.url`),
    ...(item.externalUrl === undefined
      ? {}
      : { externalUrl: webUrl(item.externalUrl, `${field}.externalUrl`) }),
    summary: text(item.summary, `${field}.summary`),
    contentHtml: fragment(item.contentHtml, `${field}.contentHtml`),
    authors: item.authors.map(onePlainLine).filter(Boolean),
    categories: item.categories
      .map(({ term, label, scheme }, index) => ({
        term: onePlainLine(term),
        label: onePlainLine(label),
        scheme: uri(scheme, `${field}.categories.${index}.scheme`),
      }))
      .filter((category) => category.term !== ''),
    publishedAt,
    updatedAt,
    related: item.related.map(({ title, url }, index) => ({
      title: plainLine(title, `${field}.related.${index}.title`),
      url: webUrl(url, `${field}.related.${index}.url`),
    })),
    ...(item.enclosure && {
      enclosure: {
        url: webUrl(item.enclosure.url, `${field}.enclosure.url`),
        mimeType: item.enclosure.mimeType,
      },
    }),
    ...(item.source && {
      source: {
        title: plainLine(item.source.title, `${field}.source.title`),
        url: webUrl(item.source.url, `${field}.source.url`),
      },
    }),
    ...(item.paper && { paper: checkedPaper(item.paper, `${field}.paper`) }),
    ...(item.pick && { pick: checkedPick(item.pick, `${field}.pick`) }),
  };
}

/** The date of the paper itself where validators believe it: from 1990, and not after the entry's own. */
export function issuedAt({ paper, publishedAt }: FeedItem): Instant | undefined {
  const at = paper?.submittedAt;
  return at !== undefined && at >= earliestAt && at <= publishedAt ? at : undefined;
}

function checkedPaper(paper: NonNullable<FeedItem['paper']>, field: string): NonNullable<FeedItem['paper']> {
  return {
    ...paper,
    aboutUrl: webUrl(paper.aboutUrl, `${field}.aboutUrl`),
    id: line(paper.id, `${field}.id`),
    source: line(paper.source, `${field}.source`),
    firstSeenAt: instant(paper.firstSeenAt, `${field}.firstSeenAt`, earliestPaperAt),
    ...(paper.submittedAt === undefined
      ? {}
      : { submittedAt: instant(paper.submittedAt, `${field}.submittedAt`, earliestPaperAt) }),
    ...(paper.doi === undefined ? {} : { doi: line(paper.doi, `${field}.doi`) }),
    ...(paper.titleTex === undefined ? {} : { titleTex: line(paper.titleTex, `${field}.titleTex`) }),
  };
}

/** What is no number is left out: it would be `null` in JSON. */
function checkedPick(pick: FeedPick, field: string): FeedPick {
  const { percentile, gained, hours, chance, ...always } = pick;
  const some = Object.entries({ percentile, gained, hours, chance }).filter(([, value]) =>
    Number.isFinite(value),
  );
  return {
    ...always,
    ...Object.fromEntries(some),
    aboutUrl: webUrl(pick.aboutUrl, `${field}.aboutUrl`),
    why: oneLine(pick.why),
    score: Number.isFinite(pick.score) ? pick.score : 0,
    parts: pick.parts.filter((part) => Number.isFinite(part.value)),
    counts: Object.fromEntries(Object.entries(pick.counts).filter(([, count]) => Number.isFinite(count))),
  };
}

function oneLine(value: string): string {
  return cleanText(value).replace(/\s+/g, ' ').trim();
}

/**
 * One line that validators and readers do not take for HTML: a word joiner, which nobody sees, parts the `</` of
 * what would be an end tag from its name. References cannot do it, since both look at the text that they stand for.
 */
function onePlainLine(value: string): string {
  return oneLine(value).replace(/<\/(?=[\p{L}\p{N}_]+>)/gu, '</\u2060');
}

function plainLine(value: string, field: string): string {
  return notEmpty(onePlainLine(value), field);
}

function line(value: string, field: string): string {
  return notEmpty(oneLine(value), field);
}

function text(value: string, field: string): string {
  return notEmpty(cleanText(value).trim(), field);
}

function notEmpty(value: string, field: string): string {
  if (value === '') throw new RenderError(field, 'expected text, got nothing');
  return value;
}

/** HTML that leaves a CDATA section whole and points nowhere relative. */
function fragment(html: string, field: string): string {
  const cleaned = text(html, field).replaceAll(']]>', ']]&gt;');
  const [relative] =
    /\s(?:href|src)\s*=\s*(?!"https?:\/\/)[^>]{0,60}/i.exec(cleaned.replace(/>[^<]*/g, '>')) ?? [];
  if (relative !== undefined) {
    throw new RenderError(field, `expected absolute http(s) addresses, got${relative}`);
  }
  return cleaned;
}

function uri(value: string, field: string): string {
  if (!/^[a-z][a-z0-9+.-]*:[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/i.test(value)) {
    throw new RenderError(field, `expected a URI, got ${JSON.stringify(value)}`);
  }
  return value;
}

function webUrl(value: string, field: string): string {
  const address = httpAddress(value);
  if (address === undefined) {
    throw new RenderError(field, `expected an absolute http(s) address, got ${JSON.stringify(value)}`);
  }
  return address;
}

function language(value: string): string {
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(value)) {
    throw new RenderError(
      'language',
      `expected a language tag such as en or pt-BR, got ${JSON.stringify(value)}`,
    );
  }
  return value;
}

function instant(value: number, field: string, fromAt = earliestAt): number {
  if (!(value >= fromAt && value <= latestAt)) {
    throw new RenderError(
      field,
      `expected an instant in milliseconds, from ${new Date(fromAt).getUTCFullYear()} to 9999, got ${value}`,
    );
  }
  return value;
}
