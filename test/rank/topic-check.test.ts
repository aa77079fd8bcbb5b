import { describe, expect, it } from 'vitest';
import { checkTopics } from '../../src/rank/topic-check.ts';
import { topicFindings } from '../../src/rank/topic-findings.ts';
import { paper, topic } from './candidates.ts';

const robots = topic('robots', {
  include: ['robot', 'drone'],
  exclude: ['vacuum'],
  categories: ['cs.RO', 'cs.SY'],
  keywords: ['grasping'],
});
const arms = topic('arms', { include: [], query: 'arm NOT army' });
const pool = [
  paper(1, { title: 'A robot arm', categories: ['cs.RO'], keywords: ['robot arms', 'control'] }),
  paper(2, { title: 'A robot vacuum', keywords: ['robots'] }),
  paper(3, { title: 'A picker', keywords: ['grasping'] }),
  paper(4, { title: 'Grammar', keywords: ['parsing'] }),
  paper(5, { title: 'The robot' }),
];

describe('a check of topics', () => {
  const check = checkTopics([robots, arms], pool);

  it('says what each topic takes, what they share, and what is in none', () => {
    expect(check).toMatchObject({ papers: 5, topicsPerPaper: 4 / 5 });
    expect(check.uncovered).toEqual([pool[1]?.id, pool[3]?.id]);
    expect(check.topics).toMatchObject([
      { key: 'robots', papers: 3, share: 0.6, overlaps: [{ topic: 'arms', jaccard: 1 / 3 }] },
      { key: 'arms', papers: 1, share: 0.2, overlaps: [{ topic: 'robots', jaccard: 1 / 3 }] },
    ]);
  });

  it('says what each rule takes by itself', () => {
    expect(
      check.topics.flatMap(({ rules }) => rules.map((rule) => [rule.kind, rule.written, rule.papers])),
    ).toEqual([
      ['include', 'robot', 3],
      ['include', 'drone', 0],
      ['exclude', 'vacuum', 1],
      ['category', 'cs.RO', 1],
      ['category', 'cs.SY', 0],
      ['keyword', 'grasping', 1],
      ['query', 'arm NOT army', 1],
    ]);
  });

  it('measures the topics by the keywords of sources, without their own rules for keywords', () => {
    // Keywords put papers 1 and 2 under robots and 1 under arms; the rules find 1 and 5, of which 5 has no keywords.
    expect(check.topics.map(({ agreement }) => agreement)).toEqual([
      { labelled: 2, precision: 1, recall: 0.5, f1: 2 / 3 },
      { labelled: 1, precision: 1, recall: 1, f1: 1 },
    ]);
    expect(check.keywords).toEqual({
      papers: 4,
      uncovered: 3,
      precision: 1,
      recall: 0.75,
      f1: (2 / 3 + 1) / 2,
    });
  });

  it('has no measure where no paper has keywords, and no NaN for no papers', () => {
    expect(checkTopics([robots], [paper(5, { title: 'The robot' })])).not.toHaveProperty('keywords');
    expect(checkTopics([robots], [])).toMatchObject({ papers: 0, topicsPerPaper: 0, topics: [{ share: 0 }] });
  });
});

describe('the findings of a check', () => {
  const many = (count: number, title: string) =>
    Array.from({ length: count }, (_, at) => paper(at, { id: `url:${title}${at}`, title }));
  const findings = (...topics: Parameters<typeof checkTopics>[0]) =>
    topicFindings(checkTopics(topics, [...many(400, 'A model of agents'), ...many(200, 'A grammar')]));

  it('are rules that match nothing or nearly everything', () => {
    expect(findings(topic('agents', { include: ['model', 'swarm'], categories: ['cs.MA'] }))).toEqual([
      'agents: takes 67 % of all papers',
      'agents: nothing matches "swarm", category cs.MA',
      'agents: "model" takes 67 % of all papers by itself',
    ]);
  });

  it('are topics without a paper, and topics that are nearly one, each pair once', () => {
    expect(findings(topic('bees'), topic('grammar'), topic('syntax', { include: ['grammar*'] }))).toEqual([
      'bees: no paper belongs to it',
      'syntax: has 100 % of its papers and those of grammar in common',
    ]);
  });

  it('are to be taken with care in a small pool', () => {
    expect(topicFindings(checkTopics([topic('robot')], pool))).toEqual([
      'a pool of 5 papers is small: take what follows with care',
      'robot: takes 60 % of all papers',
      'robot: "robot" takes 60 % of all papers by itself',
    ]);
  });
});
