import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { compileTopics, matchTopics } from '../../src/rank/topics.ts';
import { paper, topic } from './candidates.ts';

/** The score of a paper in a topic of one phrase. */
function scoreOf(phrase: string, title: string, abstract = ''): number {
  const [match] = matchTopics(
    paper(1, { title, abstract }),
    compileTopics([topic('t', { include: [phrase] })]),
  );
  return match?.score ?? 0;
}

describe('a phrase in the title', () => {
  test.each([
    ['tool use', 'Learning tool use', 3],
    ['tool use', 'Learning Tool-Use', 3],
    ['tool-use', 'Learning tool use', 3],
    ['tool use', 'Learning tool\n  use', 3],
    ['tool use', 'Tool‑use with a non-breaking hyphen', 3],
    ['tool use', 'Each tool, use it', 0],
    ['tool use', 'Stool use', 0],
    ['tool use', 'tool user', 0],
    ['tool use', 'tool uses', 3],
    ['agent', 'Agents at work', 3],
    ['agent', 'The agent’s work', 3],
    ['agent', 'Reagent', 0],
    ['agent', 'agentic', 0],
    ['agents', 'An agent', 0],
    ['agent*', 'Agentic work', 3],
    ['theorem prov*', 'Theorem Proving', 3],
    ['theorem prov*', 'A theorem approved', 0],
    ['graph* network', 'Graphical networks', 3],
    ['3d', '3D scenes', 3],
    ['3d', 'A 13d space', 0],
    ['c++', 'Faster C++ code', 3],
    ['c++', 'Faster C code', 0],
    ['a.b', 'axb', 0],
    ['(a|b', 'either a or b', 0],
    ['naïve', 'NAÏVE models', 3],
    ['naive', 'naïve models', 0],
    ['nai\u0308ve', 'A naïve one', 3],
    ['über', 'Überraschung', 0],
    ['über*', 'Überraschung', 3],
    ['llm', '(LLM)-based', 3],
    ['llm', 'my_llm_name', 3],
    ['графы', 'О графы', 3],
  ])('%j in %j counts %d', (phrase, title, score) => {
    expect(scoreOf(phrase, title)).toBe(score);
  });
});

describe('a phrase in the abstract', () => {
  test.each([
    ['agent', 0],
    ['agent and agent', 0],
    ['agent, agent, agent', 2],
    ['agent agent agent agent agent agent', 2],
  ])('%j alone counts %d, for a topic begins at 2', (abstract, score) => {
    expect(scoreOf('agent', 'Nothing here', abstract)).toBe(score);
  });

  test('adds to the title: 3 + 1 + 0.5 for each of two repeats', () => {
    expect(scoreOf('agent', 'An agent', 'agent')).toBe(4);
    expect(scoreOf('agent', 'An agent', 'agent, agent')).toBe(4.5);
    expect(scoreOf('agent', 'An agent', 'agent, agent, agent, agent')).toBe(5);
  });
});

const robotics = topic('robotics', {
  include: ['robot*', 'grasping', 'sim-to-real'],
  exclude: ['robots.txt'],
  categories: ['cs.RO', 'eess.SY'],
  keywords: ['Motion-Planning', 'robotics'],
});
const agents = topic('agents', { include: ['agent', 'tool use', 'tool-use'] });
const compiled = compileTopics([agents, robotics]);

describe('the topics of a paper', () => {
  test('stand by score, and equal ones in the order of the topics', () => {
    const both = paper(1, { title: 'A robot and an agent', abstract: '' });
    expect(matchTopics(both, compiled).map((match) => match.topic)).toEqual(['agents', 'robotics']);
    const more = paper(1, { title: 'A robot and an agent', abstract: 'It is a robot.' });
    expect(matchTopics(more, compiled).map((match) => match.topic)).toEqual(['robotics', 'agents']);
  });

  test('come with their reasons as facts, the strongest first', () => {
    const [match] = matchTopics(
      paper(1, {
        title: 'Grasping at home',
        abstract: 'Robotic arms, robots and a robot go from sim to real.',
        categories: ['cs.LG', 'cs.RO', 'eess.SY'],
        keywords: ['motion planning'],
      }),
      compiled,
    );
    expect(match).toEqual({
      topic: 'robotics',
      score: 3 + 2 + 2 + 2 + 1,
      reasons: [
        '"grasping" in title',
        'category cs.RO',
        'keyword "motion planning"',
        '"robotic" in abstract ×3',
        '"sim-to-real" in abstract',
      ],
    });
  });

  test('hold by a category or a keyword alone, in whatever case', () => {
    expect(matchTopics(paper(1, { categories: ['CS.ro'] }), compiled)).toMatchObject([
      { topic: 'robotics', score: 2, reasons: ['category CS.ro'] },
    ]);
    expect(matchTopics(paper(1, { keywords: ['robotics'] }), compiled)).toMatchObject([
      { topic: 'robotics', score: 2, reasons: ['keyword "robotics"'] },
    ]);
  });

  test('leave out a topic with an excluded phrase in the title or the abstract, and no other', () => {
    const title = { title: 'The robots.txt of an agent' };
    expect(matchTopics(paper(1, title), compiled).map((match) => match.topic)).toEqual(['agents']);
    const abstract = { title: 'Robot', abstract: 'We read robots.txt.', categories: ['cs.RO'] };
    expect(matchTopics(paper(1, abstract), compiled)).toEqual([]);
  });

  test('count one phrase written in two ways once', () => {
    expect(matchTopics(paper(1, { title: 'Tool use' }), compiled)).toMatchObject([{ score: 3 }]);
  });

  test('are none for an empty paper and for no topics', () => {
    expect(matchTopics(paper(1, { title: '', abstract: '' }), compiled)).toEqual([]);
    expect(matchTopics(paper(1, { title: 'Agent' }), compileTopics([]))).toEqual([]);
  });
});

test.each(['', ' ', '-', '*', '* agent', 'agent **'])(
  'a phrase %j is refused with its topic named',
  (phrase) => {
    expect(() => compileTopics([topic('broken', { include: [phrase] })])).toThrow(UsageError);
    expect(() => compileTopics([topic('broken', { exclude: [phrase] })])).toThrow(/topic broken/);
  },
);

test('any literal phrase is found in a title that holds it between spaces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (text) => {
      fc.pre(!text.includes('*') && /[\p{L}\p{N}]/u.test(text));
      // Lower-casing looks at the neighbours of a capital sigma, so the two ends must not touch words.
      expect(scoreOf(text, `Of ${text.normalize('NFC')} here`)).toBe(3);
    }),
  );
});
