import * as fc from 'fast-check';
import { asError, SourceError } from '../../src/errors.ts';
import { readFeed } from '../../src/sources/feed.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
const maxMs = 5000;

/** What a feed is made of, and what breaks readers of it. */
const fragments = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '/',
  '=',
  ';',
  ']]>',
  '<![CDATA[',
  '<!--',
  '-->',
  '<?',
  '?>',
  '<!DOCTYPE a [',
  ']>',
  '<!ENTITY a "b">',
  '&a;',
  '&amp;',
  '&#0;',
  '&#xd800;',
  '&#x110000;',
  '&nbsp;',
  '<item>',
  '</item>',
  '<item/>',
  '<entry>',
  '</entry>',
  '<title>',
  '</title>',
  '<link/>',
  '<author>',
  '<name>',
  '</channel>',
  '</rss>',
  '<a:b>',
  ' xmlns="urn:x"',
  ' xmlns:a=""',
  ' xml:base="::"',
  ' type="xhtml"',
  ' mode="base64"',
  '\u0000',
  '\ufffe',
  '\r',
  '\ud800',
  '😀',
  '{',
  '}',
  '[',
  ']',
  'null',
  '1e999',
  '"items":',
  '__proto__',
  'constructor',
  ' '.repeat(100),
];

/** One change to a document: something put in, taken out, repeated, or another byte. */
export interface Mutation {
  readonly kind: 'insert' | 'delete' | 'repeat' | 'byte' | 'cut';
  /** From 0 to 1: where in the document. */
  readonly place: number;
  readonly length: number;
  readonly fragment: string;
  readonly byte: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom('insert', 'delete', 'repeat', 'byte') },
    { weight: 1, arbitrary: fc.constant('cut') },
  ),
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(200),
  fragment: fc.constantFrom(...fragments),
  byte: fc.nat(255),
});

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(mutation, { maxLength: 12 });

export const contentTypes: fc.Arbitrary<string | undefined> = fc.constantFrom(
  undefined,
  'text/xml',
  'text/xml; charset=utf-16',
  'application/rss+xml; charset=shift_jis',
  'text/html; charset="',
);

export function mutated(seed: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  return changes.reduce<Uint8Array>((body, { kind, place, length, fragment, byte }) => {
    const at = Math.floor(place * body.byteLength);
    const [before, after] = [body.subarray(0, at), body.subarray(at)];
    switch (kind) {
      case 'insert':
        return Buffer.concat([before, Buffer.from(fragment), after]);
      case 'delete':
        return Buffer.concat([before, after.subarray(length)]);
      case 'repeat':
        return Buffer.concat([before, after.subarray(0, length), after]);
      case 'byte':
        return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
      case 'cut':
        return before;
    }
  }, seed);
}

/**
 * Reads a document as a feed. Throws when the reader does anything but give papers with their parts in order, or a
 * `SourceError` that says what was expected; and when it takes longer than 5 s.
 */
export async function checkFeed(
  body: Uint8Array,
  contentType: string | undefined,
): Promise<'read' | 'refused'> {
  const start = performance.now();
  const outcome = await outcomeOf(body, contentType);
  const ms = performance.now() - start;
  if (ms > maxMs) throw new Error(`took ${Math.round(ms)} ms`);
  return outcome;
}

async function outcomeOf(body: Uint8Array, contentType: string | undefined): Promise<'read' | 'refused'> {
  try {
    const { items, listDate } = await readFeed(
      { body, contentType, address: 'https://example.org/feed' },
      now,
    );
    if (!/^\d{4}-\d{2}-\d{2}$/.test(listDate)) throw new Error(`a list day "${listDate}"`);
    for (const item of items) {
      if ('reason' in item) continue;
      const { id, title, abstract, links, authors } = item.paper;
      if (!/^(?:arxiv|doi|url):\S+$/.test(id)) throw new Error(`a paper id "${id}"`);
      const texts = [title, abstract, ...authors.map(({ name }) => name)];
      if (title === '' || texts.some((text) => /(?!\s)\p{Cc}/u.test(text) || !text.isWellFormed())) {
        throw new Error(`a text that is not plain in ${JSON.stringify(item)}`);
      }
      if (!/^https?:\/\//i.test(links.abstract)) throw new Error(`a link "${links.abstract}"`);
    }
    return 'read';
  } catch (thrown) {
    const error = asError(thrown);
    if (!(error instanceof SourceError) || !error.message.startsWith('Expected ')) throw error;
    return 'refused';
  }
}

/** Small feeds of all formats, invented, to start from where there are no recordings. */
export const seeds: readonly Uint8Array[] = [
  `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY who "Ada">]><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><item><title>A &amp; <![CDATA[<b>B</b>]]></title><link>https://papers.example.org/1</link><guid isPermaLink="false">1</guid><description>&lt;p&gt;x&lt;/p&gt;</description><content:encoded><![CDATA[<script>1</script><p>y</p>]]></content:encoded><dc:creator>&who; Invented, Bo Made-Up</dc:creator><author>a@b.example (Cy)</author><pubDate>Tue, 13 Jan 2026 05:00:00 EST</pubDate></item><item><title>C</title><link>https://arxiv.org/abs/2601.00001v2</link></item></channel></rss>`,
  `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://papers.example.org/"><title>T</title><entry><id>urn:1</id><title type="html">x&lt;sup&gt;2&lt;/sup&gt;</title><link href="1"/><link rel="related" type="application/pdf" href="1.pdf"/><updated>2026-01-13T05:00:00Z</updated><author><name>Ada</name><email>a@b.example</email></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>p<br/>q</p></div></content></entry></feed>`,
  `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>T</title></channel><item rdf:about="https://papers.example.org/1"><title>A</title><dc:identifier>doi:10.1101/2026.01.02</dc:identifier><dc:date>2026-01-13</dc:date></item></rdf:RDF>`,
  JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'T',
    items: [
      {
        id: '1',
        url: 'https://papers.example.org/1',
        title: 'A',
        content_html: '<p>x</p>',
        authors: [{ name: 'Ada' }],
        tags: ['a'],
        date_published: '2026-01-13T05:00:00Z',
      },
    ],
  }),
].map((text) => new TextEncoder().encode(text));
