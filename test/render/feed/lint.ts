import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { parseFragment } from 'parse5';
import { SaxesParser } from 'saxes';
import { type Element, parseXmlDocument } from 'slimdom';

/** Throws when the text is not well-formed XML with namespaces, by two parsers; returns its elements' names in order. */
export function elementNames(xml: string): readonly string[] {
  const names: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', (tag) => names.push(tag.name));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  parseXmlDocument(xml);
  return names;
}

/** What a strict HTML parser or a careful reader finds wrong with the content of an entry. */
export function htmlFaults(html: string): readonly string[] {
  const faults: string[] = [];
  parseFragment(html, { onParseError: (error) => faults.push(error.code) });
  if (/<(?:script|style|iframe|form|object|embed|meta|svg|math)\b/i.test(html))
    faults.push('forbidden element');
  if (/<[^>]*\son\w+\s*=/i.test(html)) faults.push('event attribute');
  for (const [, url = ''] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
    if (!/^https?:\/\//.test(url)) faults.push(`not absolute: ${url}`);
  }
  return faults;
}

/** What a validator takes for HTML in plain text: end tags in any spelling, and references on lines without a hexadecimal one. */
function plainTextFaults(xml: string, texts: readonly (string | null)[]): readonly string[] {
  const faults = texts.flatMap((text) =>
    /<\/[\p{L}\p{N}_]+>/u.test(text ?? '') ? [`end tag in plain text: ${text}`] : [],
  );
  const outside = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  return /&(?:amp|lt|gt);/.test(outside) ? [...faults, 'named reference in plain text'] : faults;
}

/** A date before 1990 or in the future is not plausible to validators. */
function issuedFaults(item: Element): readonly string[] {
  const texts = (name: RegExp) =>
    item.children
      .filter((element) => name.test(element.nodeName))
      .map((element) => element.textContent ?? '');
  const [published = ''] = texts(/^(?:pubDate|published)$/);
  return texts(/^dcterms:issued$/).flatMap((issued) =>
    issued < '1990-01-01' || Date.parse(issued) > Date.parse(published) ? [`implausible date ${issued}`] : [],
  );
}

/** The rules of feed validators that a document of ours could break, each with a name. */
export function rssFaults(xml: string): readonly string[] {
  const channel = parseXmlDocument(xml).documentElement?.children[0];
  const names = channel?.children.map((element) => element.nodeName) ?? [];
  const faults = xmlFaults(xml);
  for (const required of [
    'title',
    'link',
    'description',
    'language',
    'lastBuildDate',
    'ttl',
    'generator',
    'docs',
    'copyright',
    'image',
  ]) {
    if (names.filter((name) => name === required).length !== 1) faults.push(`channel ${required}`);
  }
  if (names.slice(names.indexOf('item')).some((name) => name !== 'item') && names.includes('item')) {
    faults.push('metadata after items');
  }
  for (const item of channel?.children.filter((element) => element.nodeName === 'item') ?? []) {
    const inner = item.children.map((element) => element.nodeName);
    for (const single of [
      'title',
      'link',
      'guid',
      'pubDate',
      'description',
      'content:encoded',
      'dc:creator',
      'atom:updated',
    ]) {
      if (inner.filter((name) => name === single).length !== 1) faults.push(`item ${single}`);
    }
    if (inner.indexOf('description') > inner.indexOf('content:encoded'))
      faults.push('content before description');
    if (inner.includes('author')) faults.push('author without address');
    faults.push(...issuedFaults(item));
    if (inner.filter((name) => name === 'enclosure').length > 1) faults.push('two enclosures');
    for (const element of item.children) {
      if (element.nodeName === 'guid' && element.getAttribute('isPermaLink') !== 'false')
        faults.push('permalink guid');
      if (
        element.nodeName === 'pubDate' &&
        !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(element.textContent ?? '')
      ) {
        faults.push('pubDate');
      }
      if (element.nodeName === 'content:encoded') faults.push(...htmlFaults(element.textContent ?? ''));
      if (element.nodeName === 'category' && !element.getAttribute('domain')) faults.push('category domain');
      if (element.nodeName === 'source' && !/^https?:\/\/\S+$/.test(element.getAttribute('url') ?? ''))
        faults.push('source without url');
      if (element.nodeName === 'enclosure') faults.push(...enclosureFaults(element));
      if (!rssItemElements.includes(element.nodeName)) faults.push(`item ${element.nodeName}`);
    }
  }
  faults.push(...imageFaults(channel));
  const plain = [channel, ...(channel?.children ?? [])].flatMap(
    (element) =>
      element?.children.filter(({ nodeName }) =>
        /^(?:title|description|copyright|category|dc:creator)$/.test(nodeName),
      ) ?? [],
  );
  return [
    ...faults,
    ...plainTextFaults(
      xml,
      plain
        .filter((element) => element.nodeName !== 'description' || element.parentNode === channel)
        .map((element) => element.textContent),
    ),
  ];
}

const rssItemElements = [
  'title',
  'link',
  'guid',
  'pubDate',
  'description',
  'content:encoded',
  'dc:creator',
  'dcterms:issued',
  'atom:updated',
  'category',
  'atom:link',
  'source',
  'enclosure',
];

/** All three attributes are required; 0 says that the length is not known. */
function enclosureFaults(enclosure: Element): readonly string[] {
  const isRight =
    /^https?:\/\/\S+$/.test(enclosure.getAttribute('url') ?? '') &&
    /^\d+$/.test(enclosure.getAttribute('length') ?? '') &&
    /^[a-z]+\/[a-z0-9.+-]+$/.test(enclosure.getAttribute('type') ?? '');
  return isRight ? [] : ['enclosure'];
}

/** The image says the same as the channel and is no taller or wider than RSS allows. */
function imageFaults(channel: Element | undefined): readonly string[] {
  const of = (parent: Element | undefined, name: string) =>
    parent?.children.find((element) => element.nodeName === name)?.textContent ?? '';
  const image = channel?.children.find((element) => element.nodeName === 'image');
  const isRight =
    of(image, 'title') === of(channel, 'title') &&
    of(image, 'link') === of(channel, 'link') &&
    /^https?:\S+\.(?:png|jpg|gif)$/.test(of(image, 'url')) &&
    Number(of(image, 'width')) <= 144 &&
    Number(of(image, 'height')) <= 400;
  return isRight ? [] : ['channel image'];
}

export function atomFaults(xml: string): readonly string[] {
  const root = parseXmlDocument(xml).documentElement;
  const faults = xmlFaults(xml);
  if (!root?.getAttribute('xml:lang')) faults.push('xml:lang');
  const names = root?.children.map((element) => element.nodeName) ?? [];
  for (const required of ['id', 'title', 'subtitle', 'updated', 'author', 'generator', 'icon', 'rights']) {
    if (names.filter((name) => name === required).length !== 1) faults.push(`feed ${required}`);
  }
  if (names.includes('entry') && names.slice(names.indexOf('entry')).some((name) => name !== 'entry')) {
    faults.push('metadata after entries');
  }
  const generator = root?.children.find((element) => element.nodeName === 'generator');
  if (!/^https?:/.test(generator?.getAttribute('uri') ?? '') || !generator?.getAttribute('version'))
    faults.push('generator without uri and version');
  const updated = new Set<string>();
  const plain: (string | null)[] = [];
  for (const entry of root?.children.filter((element) => element.nodeName === 'entry') ?? []) {
    const inner = entry.children.map((element) => element.nodeName);
    for (const single of ['id', 'title', 'updated', 'published', 'summary', 'content']) {
      if (inner.filter((name) => name === single).length !== 1) faults.push(`entry ${single}`);
    }
    faults.push(...issuedFaults(entry));
    for (const element of entry.children) {
      const text = element.textContent ?? '';
      if (element.nodeName === 'author') plain.push(text);
      if (/^(?:category|link)$/.test(element.nodeName))
        plain.push(element.getAttribute('label'), element.getAttribute('title'));
      if (/^(?:updated|published)$/.test(element.nodeName) && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text))
        faults.push('time');
      if (element.nodeName === 'updated' && updated.has(text)) faults.push('two equal updated');
      if (element.nodeName === 'updated') updated.add(text);
      if (element.nodeName === 'content') faults.push(...htmlFaults(text));
      if (element.nodeName === 'category' && !element.getAttribute('term'))
        faults.push('category without term');
    }
  }
  return [...faults, ...plainTextFaults(xml, plain)];
}

const isJsonFeed = new Ajv({ allErrors: true }).compile(
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../../fixtures/feed/json-feed.schema.json'), 'utf8'),
  ) as object,
);

/** What the strict schema of JSON Feed 1.1 and its rules on addresses and ids find. */
export function jsonFaults(json: string): readonly string[] {
  const feed: unknown = JSON.parse(json);
  isJsonFeed(feed);
  return (isJsonFeed.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The namespaces that validators know and we use; merely declaring those of arXiv and PRISM warns. */
const knownNamespaces: Readonly<Record<string, string>> = {
  dc: 'http://purl.org/dc/elements/1.1/',
  content: 'http://purl.org/rss/1.0/modules/content/',
  atom: 'http://www.w3.org/2005/Atom',
  dcterms: 'http://purl.org/dc/terms/',
  fh: 'http://purl.org/syndication/history/1.0',
};

function prefixFaults(xml: string): readonly string[] {
  const root = parseXmlDocument(xml).documentElement;
  const declared = (root?.attributes ?? []).flatMap(({ prefix, localName, value }) =>
    prefix === 'xmlns' ? [[localName, value] as const] : [],
  );
  const prefixes = declared.map(([prefix]) => prefix);
  const used = new Set(elementNames(xml).flatMap((name) => (name.includes(':') ? [name.split(':')[0]] : [])));
  return [
    ...declared.flatMap(([prefix, uri]) => (knownNamespaces[prefix] === uri ? [] : [`namespace ${uri}`])),
    ...[...used].flatMap((prefix) =>
      prefix !== undefined && prefixes.includes(prefix) ? [] : [`prefix ${prefix} not on the root`],
    ),
  ];
}

function xmlFaults(xml: string): string[] {
  const faults: string[] = [...prefixFaults(xml)];
  if (!xml.startsWith('<?xml version="1.0" encoding="utf-8"?>\n<?xml-stylesheet type="text/css" href="'))
    faults.push('start');
  if (!xml.endsWith('>\n') || xml.endsWith('\n\n')) faults.push('final newline');
  if (/[\u0080-\u009F\uFFFD]/.test(xml)) faults.push('bad characters');
  return faults;
}
