import type { Digest } from '../../../src/domain/digest.ts';
import type { Edition, EditionPaper } from '../../../src/domain/edition.ts';
import { dayMs } from '../../../src/domain/time.ts';
import type { Topic } from '../../../src/domain/topic.ts';
import type { FeedDocument, FeedItem } from '../../../src/render/feed/model.ts';
import { sampleEdition, samplePaper, samplePick } from '../edition-sample.ts';

export const sampleDigest: Digest = {
  key: 'daily',
  name: 'Daily papers',
  description: 'Every working day at seven.',
  schedule: '0 7 * * 1-5',
  zone: 'Europe/Berlin',
  topics: ['agents', 'retrieval', 'vision'],
  picksPerTopic: 5,
  picksOutside: 2,
  alsoNew: 10,
  windowDays: 4,
  mode: 'final',
  waitMinutes: 60,
  maxLatenessHours: 12,
};

/** An edition of that many papers on that day of the month before, each paper its own. */
export function editionBefore(days: number, papers: number, paper: Partial<EditionPaper> = {}): Edition {
  const day = String(24 - days).padStart(2, '0');
  return {
    ...sampleEdition,
    editionDate: `2026-11-${day}`,
    number: 12 - days,
    publishedAt: sampleEdition.publishedAt - days * dayMs,
    sections: [
      {
        topic: 'agents',
        name: 'Agents',
        picks: Array.from({ length: papers }, (_, index) =>
          samplePick(index + 1, 'agents', samplePaper(`${days}${String(index).padStart(4, '0')}`, paper)),
        ),
      },
    ],
    outside: [],
    updated: [],
    alsoNew: [],
  };
}

export const sampleItem: FeedItem = {
  id: 'tag:papers.example.org,2026:paper/arxiv:2611.00001',
  title: 'An Invented Paper',
  url: 'https://papers.example.org/p/arxiv/2611.00001/',
  externalUrl: 'https://arxiv.example/abs/2611.00001',
  summary: 'One sentence. Another.',
  contentHtml: '<p>One sentence. Another.</p>',
  authors: ['Ada Example', 'Bo Sample'],
  categories: [{ term: 'agents', label: 'Agents', scheme: 'tag:papers.example.org,2026:topics' }],
  publishedAt: Date.UTC(2026, 10, 24, 5, 59, 59),
  updatedAt: Date.UTC(2026, 10, 24, 5, 59, 59),
  related: [{ title: 'Code', url: 'https://code.example/one' }],
  enclosure: { url: 'https://arxiv.example/pdf/2611.00001', mimeType: 'application/pdf' },
  paper: {
    aboutUrl: 'https://papers.example.org/feeds/',
    id: 'arxiv:2611.00001',
    version: 1,
    source: 'Example Papers',
    submittedAt: Date.UTC(2026, 10, 22, 18),
    firstSeenAt: Date.UTC(2026, 10, 23, 6, 5),
    authorCount: 2,
  },
};

export const sampleDocument: FeedDocument = {
  id: 'tag:papers.example.org,2026:feed/all',
  title: 'The Morning Broadsheet',
  subtitle: 'New research, every morning.',
  pageUrl: 'https://papers.example.org/',
  formatUrls: {
    rss: 'https://papers.example.org/feeds/all.xml',
    atom: 'https://papers.example.org/feeds/all.atom.xml',
    json: 'https://papers.example.org/feeds/all.json',
  },
  stylesheetUrl: 'https://papers.example.org/feed.css',
  iconUrl: 'https://papers.example.org/icon.png',
  language: 'en',
  publisher: 'The Morning Broadsheet',
  rights: 'Texts are by their authors.',
  generatorUrl: 'https://papers.example.org/feeds/',
  updatedAt: sampleItem.updatedAt,
  items: [sampleItem],
};

/** The document with one text in every place that text from outside can reach. */
export function documentWith(text: string): FeedDocument {
  const items = [
    sampleItem,
    { ...sampleItem, id: `${sampleItem.id}-2`, updatedAt: sampleItem.updatedAt + 1000 },
  ];
  return {
    ...sampleDocument,
    title: `a${text}b`,
    subtitle: `a${text}b`,
    publisher: `a${text}b`,
    rights: `a${text}b`,
    items: items.map((item) => ({
      ...item,
      title: `a${text}b`,
      summary: `a${text}b`,
      authors: [`a${text}b`, 'Bo Sample'],
      categories: [{ term: `a${text}b`, label: `a${text}b`, scheme: 'tag:papers.example.org,2026:topics' }],
      related: [
        { title: `a${text}b`, url: `https://code.example/a${encodeURIComponent(text.toWellFormed())}` },
      ],
      ...(item.paper && {
        paper: { ...item.paper, source: `a${text}b`, doi: `a${text}b`, titleTex: `a${text}b` },
      }),
    })),
  };
}

export const sampleTopic: Topic = {
  key: 'retrieval',
  name: 'Retrieval',
  include: ['retrieval'],
  exclude: [],
  categories: [],
  keywords: [],
};
