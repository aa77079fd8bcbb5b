import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { arxivApiPage, arxivApiListing } from '../../src/sources/arxiv-api-page.ts';
import { arxivAuthorLine } from '../../src/sources/arxiv-author-line.ts';
import { arxivListing } from '../../src/sources/arxiv-listing.ts';
import { arxivListingPage } from '../../src/sources/arxiv-listing-page-html.ts';
import { arxivMailListing } from '../../src/sources/arxiv-mail-text.ts';
import { arxivOaiPage } from '../../src/sources/arxiv-oai-page.ts';
import { bibtexPapers } from '../../src/sources/bibtex.ts';
import { collect } from '../../src/sources/collect.ts';
import { pagePapers } from '../../src/sources/daily-papers-page.ts';
import { readFeed } from '../../src/sources/feed.ts';
import { readPaperFile } from '../../src/sources/file.ts';
import { paperLines } from '../../src/sources/paper-objects.ts';
import { texAccents } from '../../src/sources/tex-accents.ts';
import * as documents from './documents.ts';
import { inboundMail } from './inbound-mail.ts';
import { checkFeedReading, checkItem, checkListing } from './item-checks.ts';
import { readBiorxiv, readDailyPapers, readGithub, readScholar, readSearch } from './source-answers.ts';

export const now = Date.parse('2026-01-14T06:00:00Z');
const from = 'https://example.org/answer';

/** One reader of documents from outside, with documents to start from. */
export interface FuzzedParser {
  readonly name: string;
  /** Invented ones first, then recordings, where they are. */
  readonly documents: () => readonly Uint8Array[];
  /**
   * Reads a document and looks at all that comes out. Rejects with a `SourceError` when the reader refused it, and with
   * anything else when the reader or what it gave is wrong. `variant` is a number for what stands beside a document:
   * its media type, its status.
   */
  readonly read: (document: Uint8Array, variant: number) => Promise<void>;
}

const contentTypes = [
  undefined,
  'text/xml',
  'text/xml; charset=utf-16',
  'application/rss+xml; charset=shift_jis',
  'text/html; charset="',
] as const;

const textOf = (document: Uint8Array): string => new TextDecoder().decode(document);
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Every parser of `src/sources` that reads what others wrote, and the one of mail that comes back. */
export const parsers: readonly FuzzedParser[] = [
  {
    name: 'feed',
    documents: () => [...documents.feeds, ...documents.recordedFeeds()],
    read: async (body, variant) => {
      const contentType = contentTypes[variant % contentTypes.length];
      checkFeedReading(await readFeed({ body, contentType, address: from }, now));
    },
  },
  {
    name: 'arxiv-feed',
    documents: () => [
      documents.fixture('arxiv-rss.xml'),
      documents.fixture('arxiv-atom.xml'),
      ...documents.recorded('arxiv/rss/', /xml$/),
      ...documents.recorded('arxiv/atom/', /xml$/),
    ],
    read: async (body) => checkListing(arxivListing(textOf(body), 'arxiv', from, now)),
  },
  {
    name: 'arxiv-api',
    documents: () => [documents.fixture('arxiv-api.xml'), ...documents.recorded('arxiv/api/', /xml$/)],
    read: async (body) => {
      const { items, answeredAt } = arxivApiPage(textOf(body), from, ['cs.CL']);
      checkListing(arxivApiListing(items, 'api', answeredAt ?? now, now));
    },
  },
  {
    name: 'arxiv-oai',
    documents: () => [documents.fixture('arxiv-oai.xml'), ...documents.recorded('arxiv/oai/', /xml$/)],
    read: async (body) => {
      const { items, lastDate } = arxivOaiPage(textOf(body), from, ['cs.LG']);
      checkListing({ ...collect(items), ...listed, listDate: lastDate });
    },
  },
  {
    name: 'arxiv-listing-page',
    documents: () => [documents.fixture('arxiv-listing-page.html')],
    read: async (body) => {
      const { items, listDate } = arxivListingPage(textOf(body), 'cs.CL', from);
      checkListing({ ...collect(items.map(({ item }) => item)), ...listed, listDate });
    },
  },
  {
    name: 'arxiv-mail',
    documents: () => [documents.fixture('arxiv-mail.txt'), ...documents.recorded('arxiv/mail/', /txt$/)],
    read: async (body) => checkListing(arxivMailListing(textOf(body), 'mail', from, now)),
  },
  {
    name: 'author-line',
    documents: () =>
      [
        'Micha{\\l} Invented, Ada {\\"O}rn\\\'e (1) and The {\\em Made-Up} Collaboration: Bo~Sample (2,3) ((1) Here, (2) There, (3) $x$)',
        "A. Invented, C. {\\'E} (Lab, Town) & D.\\\\E",
      ].map((line) => Buffer.from(line)),
    read: async (body) => {
      const line = textOf(body);
      checkItem(documents.entryBy(arxivAuthorLine(line)));
      if (!line.includes('\\') && texAccents(line) !== line)
        throw new Error('a text without TeX was changed');
    },
  },
  {
    name: 'hf-daily-papers',
    documents: () => [documents.dailyPapers, ...documents.recordedAnswers()].map(json),
    read: readDailyPapers,
  },
  {
    name: 'hf-paper-search',
    documents: () => [documents.dailyPapers, ...documents.recordedAnswers()].map(json),
    read: readSearch,
  },
  { name: 'biorxiv', documents: () => [json(documents.biorxivAnswer)], read: readBiorxiv },
  { name: 'semantic-scholar', documents: () => [json(documents.scholarAnswer)], read: readScholar },
  {
    name: 'github',
    documents: () => [documents.repositoryAnswer, documents.blockedAnswer].map(json),
    read: readGithub,
  },
  {
    name: 'bibtex',
    documents: () => [documents.fixture('papers.bib')],
    read: async (body) => (await bibtexPapers(textOf(body))).forEach(checkItem),
  },
  {
    name: 'paper-lines',
    documents: () => [
      documents.fixture('papers.jsonl'),
      Buffer.from(documents.recordedLines('arxiv/metadata/2025-11.jsonl.gz', 4).join('\n')),
    ],
    read: async (body) => paperLines(textOf(body)).forEach(checkItem),
  },
  {
    name: 'daily-papers-page',
    documents: () => [
      documents.fixture('page.txt'),
      ...documents.recordedStart('daily-papers-page.txt', 12_000),
    ],
    read: async (body) => pagePapers(textOf(body)).forEach(checkItem),
  },
  {
    name: 'paper-file',
    documents: () => {
      const names = ['arxiv-api.xml', 'arxiv-atom.xml', 'arxiv-mail.txt', 'arxiv-oai.xml', 'arxiv-rss.xml'];
      const others = ['captures.jsonl', 'daily-papers.json', 'page.txt', 'papers.bib', 'papers.jsonl'];
      const plain = [...names, ...others].map(documents.fixture);
      return [...plain, gzipSync(documents.fixture('papers.bib')), ...documents.recordedCaptures()];
    },
    read: readAsFile,
  },
  inboundMail,
];

const listed = { source: 'listed', readAt: now, quiet: false, hasVotes: false } as const;

/** As a file of the operator's, its format found out from its content: what `broadsheet import` does. */
async function readAsFile(body: Uint8Array): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-fuzz-'));
  try {
    const path = join(folder, 'papers');
    writeFileSync(path, body);
    for (const listing of await readPaperFile(path, now)) checkListing(listing);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
