import { readdir, readFile } from 'node:fs/promises';
import type { Digest } from '../../../src/domain/digest.ts';
import type { Edition, EditionPaper, Pick } from '../../../src/domain/edition.ts';
import type { Site } from '../../../src/domain/site.ts';
import { dayMs, hourMs, minuteMs, utcMidnight, type CalendarDate } from '../../../src/domain/time.ts';
import { compilePages, type Pages } from '../../../src/render/web/templates.ts';

/** Papers, people and places here are invented. */

const templateFolder = new URL('../../../templates/web/', import.meta.url);

export async function projectPages(): Promise<Pages> {
  const files = await readdir(templateFolder);
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(new URL(file, templateFolder), 'utf8')] as const),
  );
  return compilePages(Object.fromEntries(texts));
}

function topic(key: string, name: string, include: readonly string[]): Site['topics'][number] {
  return { key, name, include, exclude: [], categories: [], keywords: [] };
}

export const site: Site = {
  title: 'The Morning Preprint',
  description: 'New research papers, what is rising, and why.',
  baseUrl: 'https://papers.example.org/daily/',
  tagAuthority: 'papers.example.org,2026',
  language: 'en',
  contact: 'desk@example.org',
  topics: [
    topic('agents', 'Agents and tool use', ['agent', 'tool use', 'computer use']),
    topic('retrieval', 'Search and retrieval', ['retrieval', 'rerank*']),
    topic('robotics', 'Robotics', ['robot*', 'grasp*']),
    topic('audio', 'Speech and music', ['speech', 'music']),
  ],
  isSample: false,
};

export const digests: readonly Digest[] = [
  {
    key: 'daily',
    name: 'Daily',
    description: 'Every weekday before breakfast, what rose in the last day.',
    schedule: '30 2 * * 2-6',
    zone: 'Etc/UTC',
    topics: ['agents', 'retrieval', 'robotics', 'audio'],
    picksPerTopic: 3,
    picksOutside: 2,
    alsoNew: 12,
    windowDays: 7,
    mode: 'final',
    waitMinutes: 60,
    maxLatenessHours: 6,
  },
];

/** An invented paper of arXiv. */
export function paper(
  id: string,
  title: string,
  abstract: string,
  more: Partial<EditionPaper> = {},
): EditionPaper {
  return {
    id: `arxiv:${id}`,
    version: 1,
    title,
    abstract,
    authors: [{ name: 'Ines Okafor' }, { name: 'Tomáš Reyes' }, { name: 'Lin Abara' }, { name: 'Jo Vance' }],
    authorCount: 4,
    categories: ['cs.CL', 'cs.AI'],
    links: {
      abstract: `https://arxiv.org/abs/${id}`,
      pdf: `https://arxiv.org/pdf/${id}`,
      discussion: `https://huggingface.co/papers/${id}`,
    },
    submittedAt: Date.parse('2026-11-20T16:04:00Z'),
    firstSeenAt: Date.parse('2026-11-23T02:10:00Z'),
    source: 'hf-daily-papers',
    counts: { upvotes: 41, comments: 3 },
    ...more,
  };
}

/** A paper at a place in a section. */
export function pick(
  subject: EditionPaper,
  topic: string,
  rank: number,
  value: number,
  why: string,
  more: Partial<Pick> = {},
): Pick {
  return {
    paper: subject,
    topic,
    alsoIn: [],
    score: {
      value,
      parts: [
        { name: 'votes now', value: value * 0.5 },
        { name: 'still to come, by its own pace', value: value * 0.4 },
        { name: 'from topic, authors, links', value: value * 0.1 },
      ],
      ageHours: 21.4,
      shareIn: 0.54,
      missing: [],
      trend: { gained: 38, hours: 24, percentile: 0.97 },
    },
    why,
    rank,
    ...more,
  };
}

export const rehearsal = paper(
  '2611.11801',
  'Agents That Rehearse: Planning Tool Use Before Touching the World',
  'Language agents often learn what a tool does by breaking something with it. We let an agent rehearse: it writes down the calls it is about to make, predicts their answers, and acts only where the predictions agree. On three office benchmarks rehearsal cuts harmful calls by 71 % at $1.3\\times$ the tokens. The gain grows with the number of tools and vanishes when the tools are well documented.',
  {
    links: {
      abstract: 'https://arxiv.org/abs/2611.11801',
      pdf: 'https://arxiv.org/pdf/2611.11801',
      code: 'https://github.com/example-lab/rehearsal',
      project: 'https://example.org/rehearsal',
      discussion: 'https://huggingface.co/papers/2611.11801',
    },
    organization: 'Northern Institute for Machines',
    authorCount: 9,
    authors: [
      { name: 'Ines Okafor', affiliation: 'Northern Institute' },
      { name: 'Tomáš Reyes' },
      { name: 'Lin Abara' },
      { name: 'Jo Vance' },
    ],
    counts: { upvotes: 88, comments: 12, stars: 1234 },
    version: 2,
  },
);

const ledger = paper(
  '2611.10442',
  'A Ledger for Long Conversations',
  'Assistants forget who promised what. We keep a small ledger of commitments beside the conversation and let the model read and strike entries. Over 40-turn dialogues it keeps 93 % of promises against 58 % for the same model with a longer context.',
);
const clicks = paper(
  '2611.09915',
  'Counting Clicks: What Computer-Use Benchmarks Really Measure',
  'Scores of computer-use agents rise each month, yet people who try them are not impressed. We replay 6,000 recorded runs and find that one third of the gain comes from shorter forms in the test sites. We publish a version of the tasks in which forms keep their length.',
  { counts: { upvotes: 22 } },
);
const reranking = paper(
  '2611.12034',
  'Reranking in $O(n \\log n)$ Comparisons With a Judge Who Gets Tired',
  'Pairwise rerankers ask a model the same question thousands of times. We model the judge as one whose error grows with every question and derive a schedule that sorts $n$ passages with $O(n \\log n)$ questions. On twelve collections it loses 0.4 points of nDCG and saves 86 % of the calls. A literal <think> tag in a passage misleads the judge; we show how to quote it.',
  { categories: ['cs.IR'] },
);
const footnotes = paper(
  '2611.08820',
  'Footnotes First: Retrieval That Starts From the Citation',
  'Most retrieval looks for passages that look like the question. We look for passages that other passages cite when they answer similar questions. The index is a tenth of the size & needs no training.',
  { categories: ['cs.IR'], counts: { upvotes: 9, stars: 18 } },
);
const grasp = paper(
  '2611.07700',
  'Soft Hands, Hard Objects: Grasping What a Camera Cannot See',
  'Glass and chrome defeat depth cameras. A hand with forty cheap pressure cells learns to grasp both from 90 minutes of practice, without any picture. The policy runs at 200 Hz on a \\$35 computer.',
  { categories: ['cs.RO'], counts: { upvotes: 17 }, organization: 'Harbour Robotics' },
);
const hebrew = paper(
  '2611.06002',
  'דיבור בלי תיווך: תרגום סימולטני של שיחה',
  'We translate conversation as it happens, in Hebrew and eleven other languages, with a lag of 1.1 seconds.',
  { categories: ['eess.AS'], authors: [{ name: 'Noa Peretz' }], authorCount: 1, counts: {} },
);
const tides = paper(
  '2611.05310',
  'Forecasting Tides From Doorbell Cameras',
  'Ten thousand doorbells look at the sea. We turn their pictures into a tide gauge with an error of 6 cm.',
  { categories: ['cs.CV'] },
);
const doi: EditionPaper = {
  ...paper(
    'x',
    'Yeast That Counts to Twelve',
    'We build a counter from twelve promoters. It counts cell divisions and stops.',
  ),
  id: 'doi:10.5555/ab.2026.11<7>',
  version: 1,
  doi: '10.5555/ab.2026.11<7>',
  links: { abstract: 'https://example.org/preprints/yeast' },
  source: 'reading-list',
  categories: [],
};

function edition(date: CalendarDate, number: number, parts: Partial<Edition>): Edition {
  const publishedAt = utcMidnight(date) + 2 * hourMs + 30 * minuteMs;
  return {
    digest: 'daily',
    digestName: 'Daily',
    topics: site.topics.map(({ key, name }) => ({ key, name })),
    editionDate: date,
    number,
    publishedAt,
    zone: 'Etc/UTC',
    sections: [],
    outside: [],
    updated: [],
    alsoNew: [],
    coverage: {
      fromAt: publishedAt - dayMs,
      toAt: publishedAt,
      newPapers: 231,
      newByTopics: [
        { topics: ['agents'], count: 74 },
        { topics: ['retrieval'], count: 61 },
        { topics: ['agents', 'retrieval'], count: 12 },
        { topics: ['robotics'], count: 48 },
        { topics: ['audio'], count: 19 },
        { topics: [], count: 17 },
      ],
      revisedPapers: 2,
      sources: [
        { name: 'hf-daily-papers', state: 'ok', added: 41, lastReadAt: publishedAt - 4 * minuteMs },
        {
          name: 'arxiv',
          state: 'failed',
          added: 0,
          lastReadAt: publishedAt - dayMs,
          reason: 'rss.arxiv.org answered 503 three times.',
        },
        { name: 'reading-list', state: 'quiet', added: 0, lastReadAt: publishedAt - 4 * minuteMs },
      ],
    },
    ...parts,
  };
}

export const today: Edition = edition('2026-11-24', 12, {
  sections: [
    {
      topic: 'agents',
      name: 'Agents and tool use',
      picks: [
        pick(rehearsal, 'agents', 1, 143.2, '"tool use" in title · +38 votes in 24 h · code', {
          alsoIn: ['robotics'],
        }),
        pick(ledger, 'agents', 3, 61.7, '"agent" in abstract · +21 votes in 24 h'),
        pick(clicks, 'agents', 5, 33, '"computer use" in title · by an author often picked'),
      ],
    },
    {
      topic: 'retrieval',
      name: 'Search and retrieval',
      picks: [
        pick(reranking, 'retrieval', 2, 79.4, '"reranking" in title · +30 votes in 24 h', {
          alsoIn: ['agents'],
        }),
        pick(footnotes, 'retrieval', 6, 20.1, '"retrieval" in title · code'),
      ],
    },
    {
      topic: 'robotics',
      name: 'Robotics',
      picks: [pick(grasp, 'robotics', 4, 35.9, '"grasping" in title · +9 votes in 18 h')],
    },
    { topic: 'audio', name: 'Speech and music', picks: [] },
  ],
  outside: [
    pick(tides, 'outside', 7, 18, '+16 votes in 24 h'),
    pick(doi, 'outside', 8, 11.2, 'from your reading list'),
  ],
  updated: [
    {
      id: 'arxiv:2611.02001',
      topics: ['llm'],
      version: 2,
      title: 'Quiet Attention: Doing Less Between Words',
      url: 'https://arxiv.org/abs/2611.02001v2',
      fields: ['version', 'abstract', 'code'],
    },
  ],
  alsoNew: [
    {
      id: 'arxiv:2611.12100',
      title: 'An Agent Walks Into a Library',
      url: 'https://arxiv.org/abs/2611.12100',
      topics: ['agents', 'retrieval'],
    },
    {
      id: 'arxiv:2611.12101',
      title: 'Sparse Maps for Dense Warehouses',
      url: 'https://arxiv.org/abs/2611.12101',
      topics: ['robotics'],
    },
    {
      id: 'arxiv:2611.12102',
      title: 'On $\\alpha$-Stable Rewards',
      url: 'https://arxiv.org/abs/2611.12102',
      topics: [],
    },
  ],
});

const yesterday: Edition = edition('2026-11-21', 11, {
  sections: [
    {
      topic: 'audio',
      name: 'Speech and music',
      picks: [pick(hebrew, 'audio', 1, 44, '"speech" in abstract')],
    },
    {
      topic: 'agents',
      name: 'Agents and tool use',
      picks: [
        pick({ ...rehearsal, version: 1 }, 'agents', 2, 40.5, '"tool use" in title · +12 votes in 9 h'),
      ],
    },
  ],
});

const empty: Edition = edition('2026-10-31', 10, {});

/** Three editions over two months, newest first: full, small with a paper that comes back, empty. */
export const editions: readonly Edition[] = [today, yesterday, empty];
