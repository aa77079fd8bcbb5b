import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ListingEntry } from '../../src/domain/listing.ts';
import type { Author } from '../../src/domain/paper.ts';
import { items } from '../sources/hf-answers.ts';

const fixtures = new URL('../fixtures/sources/', import.meta.url);
/** Recordings beside the project, which are not part of it. */
const recordings = new URL('../../../shared/data/', import.meta.url);
/** Larger ones take long to read a hundred thousand times and say nothing more. */
const maxBytes = 20_000;

export const hasRecordings: boolean = existsSync(recordings);

/** One of the project's own small documents. */
export function fixture(name: string): Uint8Array {
  return readFileSync(new URL(name, fixtures));
}

/** A list of texts to put into documents. */
export function words(name: 'fragments' | 'odd-texts' | 'odd-values'): readonly string[] {
  return JSON.parse(readFileSync(new URL(`../fuzz/${name}.json`, fixtures), 'utf8'));
}

/** The recordings in a folder whose name fits and which are not large; none where there are no recordings. */
export function recorded(folder: string, name: RegExp): Uint8Array[] {
  const url = new URL(folder, recordings);
  if (!existsSync(url)) return [];
  return readdirSync(url)
    .filter((file) => name.test(file))
    .map((file) => readFileSync(new URL(file, url)))
    .filter(({ byteLength }) => byteLength <= maxBytes);
}

/** The recorded feeds that are not large. */
export function recordedFeeds(): Uint8Array[] {
  const index = new URL('feeds/index.jsonl', recordings);
  if (!existsSync(index)) return [];
  return readFileSync(index, 'utf8')
    .trim()
    .split('\n')
    .map((line): { path: string; role: string; bytes: number } => JSON.parse(line))
    .filter(({ role, bytes }) => role === 'feed' && bytes <= maxBytes)
    .map(({ path }) => readFileSync(new URL(`feeds/${path}`, recordings)));
}

/** Recorded answers of the Daily Papers API, each cut to some items. */
export function recordedAnswers(): unknown[][] {
  const url = new URL('hf/sample_days/', recordings);
  if (!existsSync(url)) return [];
  return readdirSync(url)
    .filter((file) => file.endsWith('.json'))
    .map((file): unknown[] => JSON.parse(readFileSync(new URL(file, url), 'utf8')))
    .map((answer) => answer.slice(0, 4));
}

/** The first lines of a recorded file of JSON lines, packed or not. */
export function recordedLines(path: string, count: number): string[] {
  const url = new URL(path, recordings);
  if (!existsSync(url)) return [];
  const bytes = readFileSync(url);
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
  return text.split('\n', count);
}

/** Two recorded answers as captures, each cut to some items. */
export function recordedCaptures(): Uint8Array[] {
  const lines = recordedLines('hf/captures/2025-10.jsonl.gz', 2).map((line) => {
    const capture: { response: unknown[] } = JSON.parse(line);
    return JSON.stringify({ ...capture, response: capture.response.slice(0, 3) });
  });
  return lines.length === 0 ? [] : [Buffer.from(lines.join('\n'))];
}

/** A recorded text of any size, cut after so many characters. */
export function recordedStart(path: string, length: number): Uint8Array[] {
  const url = new URL(path, recordings);
  return existsSync(url) ? [Buffer.from(readFileSync(url, 'utf8').slice(0, length))] : [];
}

/** An entry of an invented paper by these authors. */
export function entryBy(authors: readonly Author[]): ListingEntry {
  const links = { abstract: 'https://arxiv.org/abs/2601.01234' };
  const paper = { id: 'arxiv:2601.01234', title: 'T', abstract: 'A', categories: [], keywords: [], links };
  return { sourceKey: 'line', kind: 'new', paper: { ...paper, authors }, signals: [] };
}

/** Small feeds of all formats, invented. */
export const feeds: readonly Uint8Array[] = [
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
].map((text) => Buffer.from(text));

/** An answer of the Daily Papers API with all keys that are used, invented. */
export const dailyPapers: readonly unknown[] = items(3).map((item) => ({
  ...item,
  submittedBy: { name: 'kim', followerCount: 12 },
  organization: { name: 'lab', fullname: 'Example Lab' },
  mediaUrls: ['https://media.example.org/1.mp4'],
  paper: {
    ...Object.fromEntries(Object.entries(item['paper'] ?? {})),
    githubRepo: 'https://github.com/example/repo/tree/main',
    githubStars: 7,
    projectPage: ' https://project.example.org/',
    ai_keywords: ['Tool Use', 'tool use'],
    submittedOnDailyAt: '2026-01-07T08:30:00.000Z',
  },
}));

export const biorxivAnswer: unknown = {
  messages: [{ status: 'ok', interval: '2026-01-07:2026-01-07', cursor: 0, count: 2, total: '2' }],
  collection: ['1', 2].map((version) => ({
    doi: '10.1101/2026.01.07.000001',
    title: 'Invented O_SCPLOWdnaC_SCPLOW of quiet stars',
    authors: 'Invented, A. B.; Made-Up, C.; Consortium of Sorts',
    author_corresponding_institution: 'Example Lab',
    date: '2026-01-07',
    version,
    category: 'Neuroscience',
    abstract: 'O_ST_ABSAbstractC_ST_ABSWe count. O_FIG O_LINKSMALLFIG WIDTH=200 C_FIG',
    published: 'NA',
    server: 'bioRxiv',
  })),
};

export const scholarAnswer: unknown = [
  { paperId: 'a1', citationCount: 3, externalIds: { ArXiv: '2601.01234' } },
  null,
  { paperId: 'b2', citationCount: 0, externalIds: null },
];

export const repositoryAnswer: unknown = { full_name: 'example/repo', stargazers_count: 12 };

export const blockedAnswer: unknown = { message: 'Repository access blocked', block: { reason: 'dmca' } };
