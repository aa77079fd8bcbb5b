import { readdirSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { exampleConfig, parseConfig } from '../../src/config/config.ts';
import { topicSet, topicSetNames } from '../../src/config/topic-sets.ts';
import { ConfigError } from '../../src/errors.ts';
import { compileTopics } from '../../src/rank/topics.ts';

const head = `
site: { title: Small, description: A small paper., url: "https://papers.example.org/daily" }
sources: [{ name: hf, type: hf-daily-papers }]
digests: [{ key: daily, name: Daily, description: Every day., schedule: "0 7 * * *" }]
`;

const topicsOf = (text: string) => parseConfig(`${head}${text}`, '/etc/broadsheet.yaml', {}).topics;

function faultsOf(text: string): readonly string[] {
  try {
    topicsOf(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a query in a topic', () => {
  it('is enough by itself', () => {
    expect(topicsOf('topics: { arms: { name: Arms, query: robot* NOT survey } }')).toEqual([
      {
        key: 'arms',
        name: 'Arms',
        include: [],
        exclude: [],
        categories: [],
        keywords: [],
        query: 'robot* NOT survey',
      },
    ]);
  });

  it.each([
    [
      'query: "robot* AND (arm OR"',
      'column 19 of the query: expected a word, a phrase in quotes, NOT or (, came the end',
    ],
    [
      'query: NOT survey',
      'column 1 of the query: expected words to look for, came a query that holds where nothing is found; join what follows NOT to them by AND',
    ],
    ['query: ""', 'expected one line of text, got ""'],
  ])('%s is a fault with its line and its column', (rule, fault) => {
    expect(faultsOf(`topics:\n  arms:\n    name: Arms\n    ${rule}\n`)).toEqual([
      `/etc/broadsheet.yaml:8:12 topics.arms.query: ${fault}`,
    ]);
  });
});

test('a * without a word is a fault of the configuration, not of the first edition', () => {
  expect(faultsOf('topics: { arms: { name: Arms, include: ["robot -*"] } }')).toEqual([
    '/etc/broadsheet.yaml:5:41 topics.arms.include.0: expected a phrase of whole words; * may stand only at the end of a word, as in transformer*, got "robot -*"',
  ]);
});

test('seeds are ids as written, and paths that start from the folder of the file', () => {
  const [arms] = topicsOf(
    'topics: { arms: { name: Arms, query: arm, seeds: ["2510.01234", 10.1101/2026.01.02, "https://arxiv.org/abs/2510.01235v2", my/arms.bib] } }',
  );
  expect(arms?.seeds).toEqual([
    '2510.01234',
    '10.1101/2026.01.02',
    'https://arxiv.org/abs/2510.01235v2',
    '/etc/my/arms.bib',
  ]);
});

describe('ready-made topics', () => {
  it('stand after those of the file, which take the place of one with the same key', () => {
    const topics = topicsOf(
      'topicSets: [math]\ntopics: { arms: { name: Arms, query: arm }, probability: { name: Chance, include: [chance] } }',
    );
    expect(topics.map(({ key }) => key)).toEqual([
      'arms',
      'probability',
      ...Object.keys(topicSet('math')).filter((key) => key !== 'probability'),
    ]);
    expect(topics[1]?.name).toBe('Chance');
  });

  it('are enough by themselves, and digests may name them', () => {
    const digests = head.replace('schedule:', 'topics: [stars], schedule:');
    const config = parseConfig(`${digests}topicSets: [astro-ph]`, 'broadsheet.yaml', {});
    expect(config.digests[0]?.topics).toEqual(['stars']);
    expect(config.topics.map(({ key }) => key)).toContain('galaxies');
  });

  it('must be there, once each', () => {
    expect(faultsOf('topicSets: [math, maths, math]')).toEqual([
      '/etc/broadsheet.yaml:5:19 topicSets.1: expected one of more-machine-learning, math, physics, astro-ph, q-bio, econ-stat, got "maths"',
      '/etc/broadsheet.yaml:5:26 topicSets.2: the set "math" stands twice; remove one',
    ]);
  });

  test('no topics at all is a fault', () => {
    const missing = 'topics: missing; add it: a block of topics by key, or topicSets for ready-made ones';
    expect(faultsOf('')).toEqual([`/etc/broadsheet.yaml:2:1 ${missing}`]);
    expect(faultsOf('topicSets: []')).toEqual([`/etc/broadsheet.yaml:2:1 ${missing}`]);
  });

  it('are the files of their folder, can be read, and share no key with each other or the example', async () => {
    const files = readdirSync(new URL('../../src/config/topic-sets/', import.meta.url));
    expect(files.toSorted()).toEqual(topicSetNames.map((name) => `${name}.yaml`).toSorted());
    const example = parseConfig(await exampleConfig(), 'broadsheet.yaml', {}).topics;
    const ready = topicsOf(`topicSets: [${topicSetNames.join(', ')}]`);
    const keys = [
      ...example.map(({ key }) => key),
      ...topicSetNames.flatMap((name) => Object.keys(topicSet(name))),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(example.length + ready.length);
    expect(compileTopics(ready).topics.length).toBe(ready.length);
  });
});
