import { parseFragment } from 'parse5';
import { SaxesParser } from 'saxes';
import { parseXmlDocument } from 'slimdom';

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
    }
  }
  const outside = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
  if (/&(?:amp|lt|gt);/.test(outside)) faults.push('named reference in plain text');
  return faults;
}

export function atomFaults(xml: string): readonly string[] {
  const root = parseXmlDocument(xml).documentElement;
  const faults = xmlFaults(xml);
  if (!root?.getAttribute('xml:lang')) faults.push('xml:lang');
  const names = root?.children.map((element) => element.nodeName) ?? [];
  for (const required of ['id', 'title', 'subtitle', 'updated', 'author', 'generator']) {
    if (names.filter((name) => name === required).length !== 1) faults.push(`feed ${required}`);
  }
  if (names.includes('entry') && names.slice(names.indexOf('entry')).some((name) => name !== 'entry')) {
    faults.push('metadata after entries');
  }
  const updated = new Set<string>();
  for (const entry of root?.children.filter((element) => element.nodeName === 'entry') ?? []) {
    const inner = entry.children.map((element) => element.nodeName);
    for (const single of ['id', 'title', 'updated', 'published', 'summary', 'content']) {
      if (inner.filter((name) => name === single).length !== 1) faults.push(`entry ${single}`);
    }
    for (const element of entry.children) {
      const text = element.textContent ?? '';
      if (/^(?:updated|published)$/.test(element.nodeName) && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text))
        faults.push('time');
      if (element.nodeName === 'updated' && updated.has(text)) faults.push('two equal updated');
      if (element.nodeName === 'updated') updated.add(text);
      if (element.nodeName === 'content') faults.push(...htmlFaults(text));
      if (element.nodeName === 'category' && !element.getAttribute('term'))
        faults.push('category without term');
    }
  }
  return faults;
}

function xmlFaults(xml: string): string[] {
  const faults: string[] = [];
  if (!xml.startsWith('<?xml version="1.0" encoding="utf-8"?>\n<?xml-stylesheet type="text/css" href="'))
    faults.push('start');
  if (!xml.endsWith('>\n') || xml.endsWith('\n\n')) faults.push('final newline');
  if (/[\u0080-\u009F\uFFFD]/.test(xml)) faults.push('bad characters');
  return faults;
}
