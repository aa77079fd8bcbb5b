import type { Edition, EditionPaper, Pick } from '../../src/domain/edition.ts';
import type { Site } from '../../src/domain/site.ts';
import type { Topic } from '../../src/domain/topic.ts';
import { hourMs, parseInstant, type Instant } from '../../src/domain/time.ts';

function at(text: string): Instant {
  return parseInstant(text) ?? NaN;
}

function topic(key: string, name: string): Topic {
  return { key, name, include: [name.toLowerCase()], exclude: [], categories: [], keywords: [] };
}

/** A site whose papers are invented and which does not say so: for the banner, set `isSample`. */
export const sampleSite: Site = {
  title: 'The Morning Broadsheet',
  description: 'New research, every morning.',
  baseUrl: 'https://papers.example.org/daily/',
  tagAuthority: 'papers.example.org,2026',
  language: 'en',
  contact: 'editor@papers.example.org',
  postalAddress: 'Broadsheet, 1 Example Lane, 00000 Exampleton',
  topics: [topic('agents', 'Agents'), topic('retrieval', 'Retrieval'), topic('vision', 'Vision')],
  isSample: false,
};

/** An invented paper `arxiv:2611.<number>`, with everything that `more` does not replace. */
export function samplePaper(number: string, more: Partial<EditionPaper> = {}): EditionPaper {
  return {
    id: `arxiv:2611.${number}`,
    version: 1,
    title: `An Invented Paper, Number ${number}`,
    abstract: `We study what nobody has studied, in ${number} steps. The answer is yes. A third sentence is not shown.`,
    authors: [{ name: 'Ada Example' }, { name: 'Bo Sample' }],
    authorCount: 2,
    categories: ['cs.CL', 'cs.AI'],
    links: {
      abstract: `https://arxiv.example/abs/2611.${number}`,
      pdf: `https://arxiv.example/pdf/2611.${number}`,
    },
    submittedAt: at('2026-11-22T18:00:00Z'),
    firstSeenAt: at('2026-11-23T06:05:00Z'),
    source: 'Example Papers',
    counts: { upvotes: 12 },
    ...more,
  };
}

/** A pick for a topic, placed by `rank`. */
export function samplePick(
  rank: number,
  topicKey: string,
  paper: EditionPaper,
  more: Partial<Pick> = {},
): Pick {
  return {
    paper,
    topic: topicKey,
    alsoIn: [],
    score: {
      value: 60 - rank,
      parts: [
        { name: 'votes now', value: 12 },
        { name: 'still to come, by its own pace', value: 40 - rank },
        { name: 'from topic, authors, links', value: 8 },
      ],
      ageHours: 24,
      shareIn: 0.4,
      missing: [],
      trend: { gained: 50 - rank, hours: 24, percentile: 0.97 },
    },
    why: `+${50 - rank} votes in 24 h`,
    rank,
    ...more,
  };
}

const agents: readonly Pick[] = [
  samplePick(
    1,
    'agents',
    samplePaper('00101', {
      title: 'Small Tools, Long Errands: Agents That Ask Before They Act',
      abstract:
        'Agents that plan for hours fail at the step where one question would have helped. We train a 3B model to ask ' +
        'at most two questions a task, and it finishes 71% of 400 invented errands, against 52% without questions. ' +
        'The gain holds when answers are slow. Code and errands are released.',
      authors: [
        { name: 'Mira Invented' },
        { name: 'Tomás Fiction' },
        { name: 'Wen Nobody' },
        { name: 'Ola Last' },
      ],
      authorCount: 6,
      organization: 'Example Institute of Errands',
      links: {
        abstract: 'https://arxiv.example/abs/2611.00101',
        pdf: 'https://arxiv.example/pdf/2611.00101',
        code: 'https://code.example/errands/ask-first?tab=readme&lang=en',
        project: 'https://errands.example/',
        discussion: 'https://talk.example/papers/2611.00101',
      },
      counts: { upvotes: 84, comments: 12, stars: 1240 },
    }),
    { alsoIn: ['retrieval'], why: '"agents" in title · +38 votes in 24 h (97th percentile) · code' },
  ),
  samplePick(
    3,
    'agents',
    samplePaper('00102', {
      version: 2,
      title: 'Who Broke the Build? <script>alert(1)</script> and Other Things Agents Write & Ship',
      abstract:
        'We read 9,000 invented commits by coding agents. A literal <think> tag is left in 3% of them, and "]]>" in 4. ' +
        'A linter finds both.',
      authors: [{ name: 'Zoë O’Example' }],
      authorCount: 1,
      categories: ['cs.SE'],
    }),
    { why: '"agents" in title · +12 votes in 24 h' },
  ),
  samplePick(
    5,
    'agents',
    samplePaper('00103', {
      title:
        'The Grand Collaboration on Simulated Colliders: Autonomous Operators for a Detector That Does Not Exist, with Lessons',
      authors: [{ name: 'A. Aaron' }, { name: 'B. Babel' }, { name: 'C. Cecil' }, { name: 'Z. Zworykin' }],
      authorCount: 3303,
      categories: ['hep-ex'],
      submittedAt: at('2025-12-30T09:00:00Z'),
    }),
  ),
];

const retrieval: readonly Pick[] = [
  samplePick(
    2,
    'retrieval',
    samplePaper('00201', {
      title: 'Searching a Library in $O(\\log n)$ Glances',
      abstract:
        'We index one billion invented pages so that a query reads $\\approx 30$ of them. It costs less than $5 a day. ' +
        'Recall@10 is 0.94.',
      organization: 'Shelf Lab',
      links: {
        abstract: 'https://arxiv.example/abs/2611.00201',
        pdf: 'https://arxiv.example/pdf/2611.00201',
        code: 'https://code.example/shelf/glance',
      },
      counts: { upvotes: 40, stars: 96 },
    }),
    { why: '"index" in abstract · +21 votes in 24 h · code' },
  ),
  samplePick(
    6,
    'retrieval',
    samplePaper('00202', {
      title: 'استرجاع النصوص القديمة بأسئلة قصيرة',
      abstract: 'نبحث في مئة ألف صفحة مخترعة. النتائج جيدة. جملة ثالثة.',
      authors: [{ name: 'ليلى مثال' }, { name: 'سامي نموذج' }],
    }),
  ),
];

const vision: readonly Pick[] = [
  samplePick(
    4,
    'vision',
    samplePaper('00301', { title: 'One Pixel Is Enough, Sometimes', categories: ['cs.CV'] }),
  ),
  samplePick(7, 'vision', {
    ...samplePaper('00302', {
      title: 'A Paper Without Authors, Summary or Links',
      abstract: '',
      authors: [],
      authorCount: 0,
    }),
    id: 'doi:10.5555/example(1).2',
    links: { abstract: 'https://doi.example/10.5555/example(1).2' },
    counts: {},
  }),
];

/** An edition with three topics and seven picks, two papers outside, updates, titles, and a source that failed. */
export const sampleEdition: Edition = {
  digest: 'daily',
  digestName: 'Daily papers',
  topics: sampleSite.topics.map(({ key, name }) => ({ key, name })),
  editionDate: '2026-11-24',
  number: 12,
  publishedAt: at('2026-11-24T06:00:00Z'),
  zone: 'Europe/Berlin',
  sections: [
    { topic: 'agents', name: 'Agents', picks: agents },
    { topic: 'retrieval', name: 'Retrieval', picks: retrieval },
    { topic: 'vision', name: 'Vision', picks: vision },
  ],
  outside: [
    samplePick(
      8,
      'outside',
      samplePaper('00901', { title: 'Bread Rises Twice: A Field Study', categories: ['q-bio.OT'] }),
    ),
    samplePick(
      9,
      'outside',
      samplePaper('00902', { title: 'The Shape of Queues at Noon', categories: ['math.PR'] }),
    ),
  ],
  updated: [
    {
      id: 'arxiv:2611.00050',
      topics: ['agents'],
      version: 3,
      title: 'Forgetful Planners',
      url: 'https://arxiv.example/abs/2611.00050',
      fields: ['version', 'abstract', 'code'],
    },
    {
      id: 'arxiv:2611.00051',
      topics: ['vision'],
      version: 2,
      title: 'Maps of Rooms Nobody Entered',
      url: 'https://arxiv.example/abs/2611.00051',
      fields: ['version'],
    },
  ],
  alsoNew: [
    {
      id: 'arxiv:2611.00401',
      title: 'Agents in a Drawer',
      url: 'https://arxiv.example/abs/2611.00401',
      topics: ['agents'],
    },
    {
      id: 'arxiv:2611.00402',
      title: 'Ranking Answers by Their Silence',
      url: 'https://arxiv.example/abs/2611.00402',
      topics: ['retrieval', 'agents'],
    },
    {
      id: 'arxiv:2611.00403',
      title: 'Seeing Round Corners',
      url: 'https://arxiv.example/abs/2611.00403',
      topics: ['vision'],
    },
  ],
  coverage: {
    fromAt: at('2026-11-24T06:00:00Z') - 24 * hourMs,
    toAt: at('2026-11-24T06:00:00Z'),
    newPapers: 402,
    newByTopics: [
      { topics: [], count: 188 },
      { topics: ['agents'], count: 61 },
      { topics: ['agents', 'retrieval'], count: 3 },
      { topics: ['retrieval'], count: 50 },
      { topics: ['vision'], count: 100 },
    ],
    revisedPapers: 31,
    sources: [
      { name: 'Example Papers', state: 'ok', added: 402, lastReadAt: at('2026-11-24T05:58:00Z') },
      { name: 'Biology Weekly', state: 'quiet', added: 0, lastReadAt: at('2026-11-24T05:58:03Z') },
      {
        name: 'Listing of Physics',
        state: 'failed',
        added: 0,
        lastReadAt: at('2026-11-23T05:58:00Z'),
        reason: 'it answered 503 three times',
      },
    ],
  },
};
