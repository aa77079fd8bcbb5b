import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedEnd, FeedEntry } from '../../src/sources/feed-entry.ts';
import { plainText } from '../../src/sources/feed-html.ts';
import { xmlEntries } from '../../src/sources/feed-xml.ts';

const address = 'https://papers.example.org/feed.xml';

const read = (...pieces: string[]): { entries: FeedEntry[]; end: FeedEnd } => {
  const entries: FeedEntry[] = [];
  const reading = xmlEntries(pieces, address);
  let next = reading.next();
  while (next.done !== true) {
    entries.push(next.value);
    next = reading.next();
  }
  return { entries, end: next.value };
};

const rss = (items: string, root = '<rss version="2.0">'): string =>
  `<?xml version="1.0"?>\n${root}<channel><title>Teapots</title>${items}</channel></rss>`;
const item = (inside: string): string => `<item>${inside}<link>https://papers.example.org/1</link></item>`;
const titles = (xml: string): string[] => read(xml).entries.map(({ title }) => plainText(title));

describe('the formats', () => {
  test('RSS 2.0', () => {
    const { entries, end } = read(
      rss(
        `<item><title>On Kettles</title><link> https://papers.example.org/k </link><guid isPermaLink="false">k-1</guid>
        <description>Short &lt;b&gt;text&lt;/b&gt;</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>
        <pubDate>Tue, 13 Jan 2026 05:00:00 GMT</pubDate><dc:creator>Ada Invented</dc:creator>
        <author>bo@example.org (Bo Made-Up)</author><category>cs.CL</category><dc:subject>kettles</dc:subject>
        <prism:doi>10.5555/kettle.1</prism:doi></item>`,
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:prism="http://prismstandard.org/namespaces/2.0/basic/">',
      ),
    );
    expect(end).toEqual({ title: 'Teapots' });
    expect(entries).toEqual([
      {
        id: 'k-1',
        title: { text: 'On Kettles', type: 'html' },
        links: [{ href: 'https://papers.example.org/k', rel: 'alternate', type: '' }],
        authors: ['Ada Invented', 'bo@example.org (Bo Made-Up)'],
        publishedAt: Date.parse('2026-01-13T05:00:00Z'),
        summary: { text: 'Short <b>text</b>', type: 'html' },
        content: { text: '<p>Long</p>', type: 'html' },
        categories: ['cs.CL', 'kettles'],
        identifiers: ['10.5555/kettle.1'],
      },
    ]);
  });

  test('Atom 1.0, with a base, persons and all three types of text', () => {
    const { entries, end } = read(
      `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="https://papers.example.org/x/"><a:title>T</a:title>
      <a:entry xml:base="y/"><a:id>urn:1</a:id><a:title type="text">1 &lt; 2</a:title><a:link href="z.html"/>
      <a:link rel="related" type="application/pdf" href="/z.pdf"/><a:updated>2026-01-13T05:00:00Z</a:updated>
      <a:author><a:name>Ada</a:name><a:email>ada@example.org</a:email></a:author><a:author><a:name>Bo</a:name></a:author>
      <a:source><a:id>urn:other</a:id><a:title>Other</a:title></a:source><a:category term="cs.CL"/>
      <a:summary type="html">&lt;i&gt;x&lt;/i&gt; &amp;amp; y</a:summary>
      <a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>p &lt; q</p></div></a:content></a:entry></a:feed>`,
    );
    expect(end).toEqual({ title: 'T' });
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      id: 'urn:1',
      title: { text: '1 < 2', type: 'text' },
      links: [
        { href: 'https://papers.example.org/x/y/z.html', rel: 'alternate', type: '' },
        { href: 'https://papers.example.org/z.pdf', rel: 'related', type: 'application/pdf' },
      ],
      authors: ['Ada', 'Bo'],
      updatedAt: Date.parse('2026-01-13T05:00:00Z'),
      categories: ['cs.CL'],
    });
    expect(plainText(entries[0]?.summary)).toBe('x & y');
    expect(plainText(entries[0]?.content)).toBe('p < q');
  });

  test.each([
    [
      'RDF',
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>T</title></channel><item rdf:about="https://papers.example.org/1"><title>A</title></item></rdf:RDF>',
    ],
    [
      'RSS 0.9',
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel/><item><title>A</title><link>https://papers.example.org/1</link></item></rdf:RDF>',
    ],
    [
      'RSS 0.91 with its DOCTYPE',
      '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><item><title>A</title><link>https://papers.example.org/1</link></item></channel></rss>',
    ],
    [
      'RSS 1.1',
      '<Channel xmlns="http://purl.org/net/rss1.1#"><items><item><title>A</title><link>https://papers.example.org/1</link></item></items></Channel>',
    ],
    [
      'Atom 0.3',
      '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="base64" type="text/html">QQ==</title><link rel="alternate" href="https://papers.example.org/1"/></entry></feed>',
    ],
    [
      'one Atom entry',
      '<entry xmlns="http://www.w3.org/2005/Atom"><title>A</title><link href="https://papers.example.org/1"/></entry>',
    ],
    [
      'RSS in a namespace of its own',
      '<rss xmlns="https://example.org/rss"><channel><item><title>A</title><link>https://papers.example.org/1</link><x:title xmlns:x="urn:x">B</x:title></item></channel></rss>',
    ],
    [
      'a permalink for a link',
      '<rss><channel><item><title>A</title><guid>https://papers.example.org/1</guid></item></channel></rss>',
    ],
    [
      'another namespace in the item',
      '<rss><channel><item><media:title xmlns:media="http://search.yahoo.com/mrss/">B</media:title><title>A</title><link>https://papers.example.org/1</link></item></channel></rss>',
    ],
  ])('%s', (_, xml) => {
    const { entries, end } = read(xml);
    expect(end.fault).toBeUndefined();
    expect(entries.map(({ title, links }) => [plainText(title), links[0]?.href])).toEqual([
      ['A', 'https://papers.example.org/1'],
    ]);
  });
});

describe('faults with one sensible reading', () => {
  test.each([
    ['a bare ampersand', '<title>Fish & Chips &amp; more</title>', 'Fish & Chips & more'],
    ['an ampersand before a word', '<title>?a=1&copy=2;x &amp; y</title>', '?a=1&copy=2;x & y'],
    ["HTML's characters", '<title>caf&eacute;&nbsp;&#8212;&#X2014;</title>', 'café ——'],
    ['a character of windows-1252', '<title>a &#150; b</title>', 'a – b'],
    ['a bare <', '<title>a < b <= c <3</title>', 'a < b <= c <3'],
    ['a < before a word', '<title>x <y and z</title>', 'x <y and z'],
    ['a control character', '<title>ab\u0007cd\u0000</title>', 'abcd'],
    ['an undeclared prefix', '<dc:creator>Ada</dc:creator><title>A</title>', 'A'],
    ['attributes without quotes', '<guid isPermaLink=false>x</guid><title a b=c>A</title>', 'A'],
    ['an apostrophe in a tag', "<title it's>A</title>", 'A'],
    ['a > in an attribute', '<title a="1>0">A</title>', 'A'],
    ['a repeated attribute', '<title a="1" a="2">A</title>', 'A'],
    ['an open <br>', '<title>A<br>B</title>', 'A B'],
    ['a stray </p>', '<title>A</p>B</title>', 'AB'],
    ['a comment with --', '<!-- a -- b --><title>A<!-- x -->B</title>', 'AB'],
    ['a processing instruction', '<title>A<?php x ?>B</title>', 'AB'],
    ['CDATA beside text', '<title>A <![CDATA[<b>&amp;</b>]]> B</title>', 'A & B'],
    ['an empty item in the item', '<item/><title>A</title>', 'A'],
    ['an unknown declaration', '<title>A <!foo> B</title>', 'A B'],
  ])('%s', (_, inside, title) => {
    const { entries, end } = read(rss(item(inside)));
    expect(end.fault).toBeUndefined();
    expect(entries.map((entry) => plainText(entry.title))).toEqual([title]);
  });

  test('an XML declaration after a comment', () => {
    expect(titles(`<!-- first -->\n${rss(item('<title>A</title>'))}`)).toEqual(['A']);
  });

  test('a short entity of plain text is known', () => {
    expect(
      titles(`<!DOCTYPE rss [<!ENTITY who "Ada &#38; Bo">]>${rss(item('<title>&who;!</title>'))}`),
    ).toEqual(['Ada & Bo!']);
  });
});

describe('faults that may cost something', () => {
  test.each([
    ['a missing </item>', rss(`<item><title>A</title>${item('<title>B</title>')}`), ['B'], 'without its end'],
    [
      'a missing </item> at the end',
      rss(`${item('<title>A</title>')}<item><title>B</title>`),
      ['A'],
      '<item>',
    ],
    ['a misspelt end', rss(item('<title>A</titel><pubDate>x</pubDate>')), ['A'], '</titel>'],
    ['no end at all', '<rss><channel><item><title>A</title></item>', ['A'], 'cut off'],
    ['a cut end tag', '<rss><channel><item><title>A</title></item></channel></rss', ['A'], 'in a tag'],
    [
      'an open CDATA section',
      '<rss><item><title>A</title></item><item><title><![CDATA[x',
      ['A'],
      'CDATA section',
    ],
    ['an open comment', '<rss><item><title>A</title></item><!-- ', ['A'], 'comment'],
  ])('%s is told, and the other entries are kept', (_, xml, expected, fault) => {
    expect(titles(xml)).toEqual(expected);
    expect(read(xml).end.fault).toContain(fault);
  });

  test('a document cut off anywhere never looks whole, and gives only whole entries', () => {
    const whole = rss(
      `${item('<title>A</title><description><![CDATA[x <b>y</b>]]></description>')}${item('<title>B &amp; C</title>')}`,
    );
    const entries = read(whole).entries;
    for (let length = 0; length < whole.length; length += 1) {
      const cut = read(whole.slice(0, length));
      expect(cut.end.fault, `cut at ${length}`).toBeDefined();
      expect(cut.entries).toEqual(entries.slice(0, cut.entries.length));
    }
  });
});

test('the pieces in which a document comes make no difference', () => {
  const whole = `\ufeff<!DOCTYPE rss [<!ENTITY a "b">]>${rss(
    `${item('<title>A &amp; &eacute; &a; <![CDATA[<i>]] ]]>]]&gt;</title><!-- - -- -->')}<?x y?>${item(
      '<title a=\'>\' b=">">😀 1 < 2 & 3</title>',
    )}`,
  )}`;
  const expected = read(whole);
  expect(expected.entries).toHaveLength(2);
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      expect(read(...at.slice(1).map((end, index) => whole.slice(at[index], end)))).toEqual(expected);
    }),
  );
  expect(read(...whole.split(''))).toEqual(expected);
});

test('any text in any field comes back, and cannot add an element', () => {
  const escaped = (text: string): string =>
    text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (title, href) => {
      const xml = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>${escaped(title)}</title><link href="urn:${escaped(href)}"/></entry></feed>`;
      const { entries, end } = read(xml);
      expect(end.fault).toBeUndefined();
      expect(entries).toHaveLength(1);
      expect(entries[0]?.title?.text ?? '').toBe(title.trim() === '' ? '' : title);
      expect(entries[0]?.links[0]?.href).toBe(`urn:${href}`.replace(/[\t\n\r]/g, ' ').trim());
    }),
  );
});

describe('documents that can do harm are refused with the reason', () => {
  const many = (count: number, text: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => text(at)).join('');
  test.each([
    [
      'a billion laughs',
      `<!DOCTYPE rss [<!ENTITY a "ha">${many(9, (at) => `<!ENTITY l${at} "&l${at - 1};&l${at - 1};">`)}]>${rss(item('<title>&l8;</title>'))}`,
      'made of others',
    ],
    ['a long entity', `<!DOCTYPE rss [<!ENTITY a "${'x'.repeat(10_000)}">]>${rss('&a;')}`, 'long'],
    [
      'a short entity very often',
      `<!DOCTYPE rss [<!ENTITY a "${'x'.repeat(200)}">]>${rss(item(`<title>${'&a;'.repeat(100_000)}</title>`))}`,
      'characters',
    ],
    [
      'an external entity',
      `<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>${rss(item('<title>&f;</title>'))}`,
      'external',
    ],
    ['a public entity', `<!DOCTYPE rss [<!ENTITY f PUBLIC "x" "http://10.0.0.1/">]>${rss('')}`, 'external'],
    [
      'a parameter entity',
      `<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://10.0.0.1/"> %p;]>${rss('')}`,
      'parameter',
    ],
    ['an endless DOCTYPE', `<!DOCTYPE rss [${'<!ELEMENT a ANY>'.repeat(10_000)}`, 'DOCTYPE'],
    ['deep nesting', rss('<a>'.repeat(100_000)), 'nested'],
    ['deep nesting in a text', rss(item(`<description>${'<div>'.repeat(100_000)}</description>`)), 'nested'],
    ['endless attributes', rss(item(`<title ${many(2000, (at) => `a${at}="x" `)}>A</title>`)), 'attributes'],
    ['an endless tag', rss(item(`<title ${'a '.repeat(100_000)}`)), 'tag'],
    ['an endless value', rss(item(`<link href="${'a'.repeat(1_000_000)}`)), 'tag'],
  ])('%s', (_, xml, reason) => {
    const start = performance.now();
    expect(() => read(...(xml.match(/[^]{1,65536}/g) ?? []))).toThrow(
      expect.objectContaining({
        name: 'SourceError',
        code: 'malformed',
        message: expect.stringContaining(reason),
      }),
    );
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test.each([
    '<',
    '&',
    '<!',
    '<![',
    '<!--',
    ']]>',
    '<a ',
    '</a>',
    '<a>',
    '<a/>',
    '&#1;',
    '&x;',
    '<?',
    '"',
    '<item/>',
    '<item>',
    ' ',
    '<br>',
  ])('a million of %s take no more than a moment', (piece) => {
    const start = performance.now();
    try {
      read(...(rss(item(`<title>${piece.repeat(1_000_000)}</title>`)).match(/[^]{1,65536}/g) ?? []));
    } catch (thrown) {
      expect(thrown).toMatchObject({ name: 'SourceError' });
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('a feed of 100 MB is read in the memory of an entry', () => {
  const one = item(`<title>A</title><description>${'teapot '.repeat(1400)}</description>`);
  function* pieces(): Generator<string> {
    yield '<rss><channel>';
    for (let count = 0; count < 10_000; count += 1) yield one;
    yield '</channel></rss>';
  }
  let entries = 0;
  const before = process.memoryUsage().rss;
  for (const { title } of xmlEntries(pieces(), address)) entries += title === undefined ? 0 : 1;
  expect(entries).toBe(10_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});
