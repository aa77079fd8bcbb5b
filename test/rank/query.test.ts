import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { PaperRecord } from '../../src/domain/paper.ts';
import { parseQuery, type QueryNode, type QueryTerm } from '../../src/domain/query.ts';
import { UsageError } from '../../src/errors.ts';
import { compileQuery, matchesQuery } from '../../src/rank/query.ts';
import { compileTopics, matchTopics } from '../../src/rank/topics.ts';
import { paper, topic } from './candidates.ts';

function matches(query: string, said: Partial<PaperRecord>): boolean {
  const parsed = parseQuery(query);
  if ('fault' in parsed) throw new Error(parsed.fault.message);
  return matchesQuery(paper(1, { title: '', abstract: '', ...said }), compileQuery(parsed.query));
}

const arm = {
  title: 'A robot arm learns',
  abstract: 'By imitation learning in a world model.',
  categories: ['cs.RO', 'eess.SY'],
  authors: [{ name: 'Bo Other' }, { name: 'Ada B. Invented', affiliation: 'Sample University' }],
  organization: 'Example Lab',
};

describe('a query holds', () => {
  it.each([
    ['robot*', true],
    ['"robot arm"', true],
    ['"arm robot"', false],
    ['arm world', true],
    ['arm "model world"', false],
    ['survey OR "imitation learning"', true],
    ['robot NOT survey', true],
    ['robot NOT imitation', false],
    ['(drone OR robot) (survey OR world)', true],
    ['title:robot', true],
    ['title:imitation', false],
    ['abstract:imitation', true],
    ['abstract:robot', false],
    ['cat:cs.ro', true],
    ['cat:cs', false],
    ['cat:cs.*', true],
    ['cat:eess.*', true],
    ['cat:math.*', false],
    ['author:invented', true],
    ['author:"Ada Invented"', false],
    ['author:"Ada B. Invented"', true],
    ['author:"Bo Other" NOT author:Ada', false],
    ['author:Sample', false],
    ['lab:"example lab"', true],
    ['lab:"Sample Univ*"', true],
    ['lab:Ada', false],
    ['lab:Example author:Other cat:cs.RO title:arm abstract:world', true],
    ['drone OR NOT (survey OR NOT robot)', true],
  ])('%s: %s', (query, holds) => {
    expect(matches(query, arm)).toBe(holds);
  });

  it('for none of the fields of a paper that says nothing', () => {
    const bare = { title: 'Untitled', authors: [], categories: [] };
    for (const query of ['author:a', 'lab:a', 'cat:a*', 'abstract:a'])
      expect(matches(query, bare)).toBe(false);
  });

  it('among 3,303 authors too', () => {
    const many = Array.from({ length: 3303 }, (_, place) => ({ name: `Person ${place}` }));
    expect(matches('author:"person 3302"', { authors: many })).toBe(true);
    expect(matches('author:"person 3303"', { authors: many })).toBe(false);
  });
});

function matchOf(query: string, said: Partial<PaperRecord>, rules = {}) {
  const compiled = compileTopics([topic('t', { include: [], query, ...rules })]);
  return matchTopics(paper(1, { title: '', abstract: '', ...said }), compiled)[0];
}

describe('a topic with a query', () => {
  it('scores the phrases of the query as those of a list, and names them', () => {
    expect(matchOf('(robot* OR drone) "imitation learning" NOT survey', arm)).toEqual({
      topic: 't',
      score: 4,
      reasons: ['"robot" in title', '"imitation learning" in abstract'],
    });
  });

  it('scores 2 for a category, for an author and for a lab, once each', () => {
    expect(matchOf('cat:cs.* cat:eess.SY author:Other author:Invented lab:Example', arm)).toEqual({
      topic: 't',
      score: 6,
      reasons: ['category cs.RO', 'author Bo Other', 'lab Example Lab'],
    });
  });

  it('scores a phrase only in the field that it asks for', () => {
    const both = { title: 'robot', abstract: 'robot' };
    expect(matchOf('robot', both)?.score).toBe(4);
    expect(matchOf('title:robot', both)?.score).toBe(3);
    expect(matchOf('abstract:robot', both)).toMatchObject({ score: 2, reasons: ['"robot" in abstract'] });
  });

  it('has every paper for which the query holds, with 2 at least', () => {
    expect(matchOf('imitation', arm)).toMatchObject({ score: 2 });
    expect(matchOf('imitation', { abstract: 'imitation imitation imitation' })).toMatchObject({ score: 2 });
  });

  it('gets nothing from a query that does not hold', () => {
    expect(matchOf('robot AND survey', arm)).toBeUndefined();
    expect(matchOf('robot NOT arm', arm)).toBeUndefined();
    expect(matchOf('robot AND survey', arm, { include: ['robot'] })?.score).toBe(3);
  });

  it('adds list and query, and leaves out what is excluded', () => {
    expect(matchOf('arm', arm, { include: ['robot'], categories: ['eess.*'] })).toEqual({
      topic: 't',
      score: 8,
      reasons: ['"robot" in title', '"arm" in title', 'category eess.SY'],
    });
    expect(matchOf('arm', arm, { exclude: ['world'] })).toBeUndefined();
  });

  it('that cannot be read is refused with its topic and column', () => {
    const broken = () => compileTopics([topic('broken', { query: 'a OR' })]);
    expect(broken).toThrow(UsageError);
    expect(broken).toThrow(/topic broken: column 5 of its query: expected a word/);
  });
});

/** Truth by looking at each term alone. */
function isTrue(node: QueryNode, words: ReadonlySet<string>): boolean {
  switch (node.kind) {
    case 'term':
      return words.has(node.words);
    case 'not':
      return !isTrue(node.node, words);
    case 'and':
      return node.nodes.every((inner) => isTrue(inner, words));
    case 'or':
      return node.nodes.some((inner) => isTrue(inner, words));
  }
}

const letters = ['ax', 'bx', 'cx', 'dx'];
const term: fc.Arbitrary<QueryTerm> = fc.record({
  kind: fc.constant('term' as const),
  field: fc.constant('text' as const),
  words: fc.constantFrom(...letters),
});
const { node } = fc.letrec<{ node: QueryNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    term,
    fc.record({ kind: fc.constant('not' as const), node: tie('node') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      nodes: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

test('a query holds exactly when its logic does', () => {
  fc.assert(
    fc.property(node, fc.subarray(letters), fc.subarray(letters), (query, title, abstract) => {
      const subject = paper(1, { title: title.join(' '), abstract: abstract.join('. ') });
      expect(matchesQuery(subject, compileQuery(query))).toBe(
        isTrue(query, new Set([...title, ...abstract])),
      );
    }),
  );
});
