import { exampleConfig } from '../src/config/config.ts';
import type { Edition, Pick } from '../src/domain/edition.ts';
import { addDays, dayMs } from '../src/domain/time.ts';
import type { Database } from '../src/store/database.ts';
import { insertEdition } from '../src/store/edition-insert.ts';
import { insertPapers } from '../src/store/papers.ts';

export const picksPerEdition = 25;
export const topicCount = 20;
/** The instant that the first edition follows by a day. */
export const madeFrom = Date.parse('2025-01-01T02:30:00Z');
const abstract = 'We teach teapots to whistle $x^2$ in a low-resource setting and gain 3 points. '.repeat(14);

function pick(at: number, rank: number, publishedAt: number): Pick {
  const id = `${2501 + Math.floor(at / 10_000)}.${String(at % 10_000).padStart(5, '0')}`;
  return {
    paper: {
      id: `arxiv:${id}`,
      title: `Paper ${at} about teapots and kettles`,
      abstract,
      authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
      authorCount: 2,
      categories: ['cs.CL'],
      links: { abstract: `https://arxiv.org/abs/${id}`, pdf: `https://arxiv.org/pdf/${id}` },
      firstSeenAt: publishedAt - dayMs,
      source: 'arxiv',
      counts: { upvotes: 50 - rank },
    },
    topic: `t${rank % topicCount}`,
    alsoIn: [`t${(rank + 1) % topicCount}`],
    score: {
      value: 60 - rank,
      parts: [{ name: 'votes now', value: 60 - rank }],
      ageHours: 24,
      shareIn: 0.89,
      missing: [],
    },
    why: '"teapots" in title',
    rank,
  };
}

function edition(number: number): Edition {
  const publishedAt = madeFrom + number * dayMs;
  const picks = Array.from({ length: picksPerEdition }, (_, at) =>
    pick((number - 1) * picksPerEdition + at, at + 1, publishedAt),
  );
  const topics = Array.from({ length: topicCount }, (_, at) => ({ key: `t${at}`, name: `Topic ${at}` }));
  return {
    digest: 'daily',
    digestName: 'Daily',
    topics,
    editionDate: addDays('2025-01-01', number),
    number,
    publishedAt,
    zone: 'Etc/UTC',
    sections: topics.map(({ key, name }) => ({
      topic: key,
      name,
      picks: picks.filter((one) => one.topic === key),
    })),
    outside: [],
    updated: [],
    alsoNew: [],
    coverage: { toAt: publishedAt, newPapers: 100, newByTopics: [], revisedPapers: 0, sources: [] },
  };
}

/** The example configuration with as many topics and a source that is empty: the editions say what is in them. */
export async function madeConfig(emptyFile: string, more = ''): Promise<string> {
  const topics = Array.from(
    { length: topicCount },
    (_, at) => `  t${at}: { name: Topic ${at}, include: [w${at}] }`,
  );
  const example = (await exampleConfig())
    .replace(/^topics:\n(?:(?:[ #].*)?\n)*/m, `topics:\n${topics.join('\n')}\n`)
    .replace(
      /^sources:\n(?:(?:[ #].*)?\n)*/m,
      `sources:\n  - { name: made, type: file, paths: ['${emptyFile}'] }\n`,
    );
  return `${example}\n${more}`;
}

/** Stores the edition of that number with its papers. */
export async function addEdition(db: Database, number: number): Promise<void> {
  const made = edition(number);
  const papers = made.sections.flatMap((section) => section.picks).map(({ paper }) => paper);
  await insertPapers(
    db,
    papers.map((paper) => ({
      paper: { ...paper, keywords: [], firstSource: 'arxiv', origins: {} },
      textSource: 'arxiv',
    })),
  );
  const { state } = await insertEdition(db, made);
  if (state !== 'stored') throw new Error(state);
}
