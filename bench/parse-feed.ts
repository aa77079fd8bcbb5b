/**
 * How fast a feed of 10 MB is read, as ratios to other parsers and to the least anyone could do (finding every `<`),
 * all in this run and interleaved, in processor time. Each reads twice in its turn and the second is counted, so that none
 * pays for the garbage of the one before. From bytes to entries for ours, from bytes to a tree for the others.
 * `node bench/parse-feed.ts [rounds]`; exit code 1 when we are less than 3 times as fast as fast-xml-parser.
 */
import { parseFeed } from 'feedsmith';
import { feedEntries } from '../src/sources/feed-document.ts';
import { median } from './timing.ts';

const bytes = 10_000_000;
const wanted = 3;
const rounds = Math.max(5, Number(process.argv[2] ?? 7));

const abstract =
  'We teach <i>teapots</i> & kettles to whistle in a low-resource setting, where p < 0.05, and gain 3 points. '.repeat(
    12,
  );

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function rssItem(at: number): string {
  return `<item><title>Paper ${at} about teapots &amp; kettles</title><link>https://papers.example.org/${at}</link>
<description>${at % 2 === 0 ? escaped(abstract) : `<![CDATA[${abstract}]]>`}</description>
<guid isPermaLink="false">tag:papers.example.org,2026:${at}</guid><category>cs.CL</category><category>cs.LG</category>
<pubDate>Tue, 13 Jan 2026 00:00:00 -0500</pubDate><dc:creator>Ada Invented, Bo Made-Up</dc:creator></item>
`;
}

function atomEntry(at: number): string {
  return `<entry><id>tag:papers.example.org,2026:${at}</id><title>Paper ${at} about teapots &amp; kettles</title>
<updated>2026-01-13T05:00:00Z</updated><published>2026-01-13T05:00:00Z</published>
<link href="https://papers.example.org/${at}" rel="alternate" type="text/html"/>
<link href="https://papers.example.org/${at}.pdf" rel="related" type="application/pdf"/>
<summary type="html">${escaped(abstract)}</summary><category term="cs.CL"/><category term="cs.LG"/>
<author><name>Ada Invented</name></author><author><name>Bo Made-Up</name></author></entry>
`;
}

function document(start: string, item: (at: number) => string, end: string): Uint8Array {
  const parts = [start];
  for (let size = 0, at = 0; size < bytes; at += 1) {
    const part = item(at);
    parts.push(part);
    size += part.length;
  }
  return new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>\n${parts.join('')}${end}`);
}

const documents = {
  rss: document(
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Teapots</title>',
    rssItem,
    '</channel></rss>',
  ),
  atom: document('<feed xmlns="http://www.w3.org/2005/Atom"><title>Teapots</title>', atomEntry, '</feed>'),
};

type Reader = (body: Uint8Array) => unknown;

interface XmlParserModule {
  readonly XMLParser: new (options: object) => { parse(xml: string): unknown };
}

function isXmlParserModule(value: unknown): value is XmlParserModule {
  return typeof value === 'object' && value !== null && 'XMLParser' in value;
}

/** fast-xml-parser is only needed here, so the benchmark lives without it. */
async function fastXmlParser(): Promise<Reader | undefined> {
  const name: string = 'fast-xml-parser';
  const loaded: unknown = await import(name).catch(() => undefined);
  if (!isXmlParserModule(loaded)) return undefined;
  return (body) => new loaded.XMLParser({ ignoreAttributes: false }).parse(new TextDecoder().decode(body));
}

async function ours(body: Uint8Array): Promise<number> {
  let count = 0;
  for await (const { links } of feedEntries({ body, address: 'https://papers.example.org/feed' })) {
    count += links.length;
  }
  return count;
}

function scan(body: Uint8Array): number {
  const text = new TextDecoder().decode(body);
  let count = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) count += 1;
  return count;
}

const rival = await fastXmlParser();
const readers: readonly (readonly [name: string, read: Reader])[] = [
  ['ours', ours],
  ...(rival ? [['fast-xml-parser', rival] as const] : []),
  ['feedsmith', (body) => parseFeed(new TextDecoder().decode(body))],
  ['indexOf scan', scan],
];
if (!rival) console.log('fast-xml-parser is not installed; compared with feedsmith, which is built on it');

for (const [format, body] of Object.entries(documents)) {
  const times = new Map(readers.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, read] of readers) {
      await read(body);
      const start = process.cpuUsage();
      await read(body);
      const { user, system } = process.cpuUsage(start);
      // The first round warms up.
      if (round > 0) times.get(name)?.push((user + system) / 1000);
    }
  }
  const ourMs = median(times.get('ours') ?? []);
  for (const [name, each] of times) {
    const ms = median(each);
    const ratio =
      name === 'ours'
        ? ''
        : `, ours takes ${(ourMs / ms).toFixed(2)} of it, is ${(ms / ourMs).toFixed(2)} times as fast`;
    console.log(`${format} ${(body.byteLength / 1e6).toFixed(1)} MB: ${name} ${ms.toFixed(0)} ms${ratio}`);
  }
  const [rivalName] = readers[1] ?? [''];
  const factor = median(times.get(rivalName) ?? []) / ourMs;
  if (rival && factor < wanted) {
    console.log(`${format}: wanted at least ${wanted} times ${rivalName}, got ${factor.toFixed(2)}`);
    process.exitCode = 1;
  }
}
