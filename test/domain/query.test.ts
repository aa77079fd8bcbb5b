import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseQuery, wantedTerms, type QueryNode, type QueryTerm } from '../../src/domain/query.ts';

/** A parsed query in one spelling: every operator and every bracket written out. */
function spelled(node: QueryNode): string {
  switch (node.kind) {
    case 'term':
      return `${node.field === 'text' ? '' : `${node.field}:`}"${node.words}"`;
    case 'not':
      return `NOT ${spelled(node.node)}`;
    case 'and':
    case 'or':
      return `(${node.nodes.map(spelled).join(` ${node.kind.toUpperCase()} `)})`;
  }
}

function read(text: string): string {
  const parsed = parseQuery(text);
  return 'query' in parsed ? spelled(parsed.query) : `${parsed.fault.column}: ${parsed.fault.message}`;
}

describe('a query', () => {
  it.each([
    ['robot*', '"robot*"'],
    ['"imitation learning"', '"imitation learning"'],
    ['world model', '("world" AND "model")'],
    ['a AND b', '("a" AND "b")'],
    ['a b OR c d', '(("a" AND "b") OR ("c" AND "d"))'],
    ['a (b OR c)', '("a" AND ("b" OR "c"))'],
    ['a NOT b c', '("a" AND NOT "b" AND "c")'],
    ['NOT NOT a', 'NOT NOT "a"'],
    ['a NOT (b OR c)', '("a" AND NOT ("b" OR "c"))'],
    ['a and b', '("a" AND "and" AND "b")'],
    ['a "AND" b', '("a" AND "AND" AND "b")'],
    ['title:"world model"', 'title:"world model"'],
    ['Title:world abstract:model', '(title:"world" AND abstract:"model")'],
    ['cat:cs.RO OR cat:cs.*', '(cat:"cs.RO" OR cat:"cs.*")'],
    ['cat:"cell biology"', 'cat:"cell biology"'],
    ['author:"Ada Invented" lab:Example', '(author:"Ada Invented" AND lab:"Example")'],
    ['“tool use” agents', '("tool use" AND "agents")'],
    ['"with: colon" tool-use c++', '("with: colon" AND "tool-use" AND "c++")'],
    ['  a\n\tb  ', '("a" AND "b")'],
    [
      '(robot* OR "imitation learning") AND NOT survey cat:cs.RO',
      '(("robot*" OR "imitation learning") AND NOT "survey" AND cat:"cs.RO")',
    ],
  ])('%s reads as %s', (text, tree) => {
    expect(read(text)).toBe(tree);
  });

  it.each([
    ['', '1: expected a word, a phrase in quotes, NOT or (, came the end'],
    ['   ', '1: expected a word, a phrase in quotes, NOT or (, came the end'],
    ['a AND', '6: expected a word, a phrase in quotes, NOT or (, came the end'],
    ['a AND OR b', '7: expected a word, a phrase in quotes, NOT or (, came OR'],
    ['OR a', '1: expected a word, a phrase in quotes, NOT or (, came OR'],
    ['a ()', '4: expected a word, a phrase in quotes, NOT or (, came )'],
    ['(a b', '5: expected ) for the ( at column 1, came the end; close it'],
    ['a b)', '4: expected AND, OR, a word or the end, came )'],
    ['a "b c', '3: expected a closing quote, came the end after "b c'],
    ['a -b', '3: expected a word, came -b; write NOT b to leave it out'],
    ['a && b', '3: expected a word or a phrase with a letter or a digit, came &&'],
    ['ag*nt', '1: expected * only at the end of a word, as in transformer*, came ag*nt'],
    ['a "b -*"', '3: expected * only at the end of a word, as in transformer*, came "b -*"'],
    [
      'a mail:b',
      '3: expected one of title: abstract: cat: author: lab:, came mail:; put it in quotes to look for these words',
    ],
    ['title: a', '1: expected a word or a phrase with a letter or a digit, came title:'],
    ['cat:*', '1: expected a category such as cs.RO, or cs.* for all that begin so, came cat:*'],
    ['ÄÖ 😀x "', '7: expected a closing quote, came the end after "'],
  ])('%s is a fault with its column', (text, fault) => {
    expect(read(text)).toBe(fault);
  });

  it('may be 2000 characters long and 50 levels deep', () => {
    expect(read('a '.repeat(1001))).toBe('2001: expected at most 2000 characters, came 2002');
    expect(read(`${'('.repeat(60)}a`)).toBe('52: expected at most 50 levels, came more');
    expect(read(`${'('.repeat(50)}a${')'.repeat(50)}`)).toBe('"a"');
  });

  it.each(['NOT a', 'a OR NOT b', 'NOT (a AND b)', 'NOT NOT NOT a', 'NOT a NOT b'])(
    '%s is refused, for it holds where nothing is found',
    (text) => {
      expect(read(text)).toMatch(/^1: expected words to look for/);
    },
  );

  it.each(['a NOT b', 'NOT NOT a', 'NOT (NOT a OR NOT b)', 'NOT b AND (a OR c)'])(
    '%s is none of those',
    (text) => {
      expect(parseQuery(text)).toHaveProperty('query');
    },
  );

  it('is spoken for by the terms that do not stand after NOT', () => {
    const parsed = parseQuery('a (b OR title:c) NOT d NOT (e NOT f)');
    const terms = 'query' in parsed ? wantedTerms(parsed.query) : [];
    expect(terms.map(({ words }) => words)).toEqual(['a', 'b', 'c', 'f']);
  });
});

const term: fc.Arbitrary<QueryTerm> = fc.record({
  kind: fc.constant('term' as const),
  field: fc.constantFrom('text', 'title', 'abstract', 'author', 'lab'),
  words: fc.constantFrom('a', 'b c', 'robot*', 'AND', 'x-y'),
});
const { node } = fc.letrec<{ node: QueryNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    term,
    fc.record({ kind: fc.constant('not' as const), node: tie('node') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      nodes: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

test('any query written out in full is read as it was meant', () => {
  fc.assert(
    fc.property(node, (meant) => {
      const parsed = parseQuery(`anchor AND ${spelled(meant)}`);
      if ('fault' in parsed) throw new Error(parsed.fault.message);
      const anchored: QueryNode = {
        kind: 'and',
        nodes: [{ kind: 'term', field: 'text', words: 'anchor' }, meant],
      };
      expect(spelled(parsed.query)).toBe(spelled(anchored));
    }),
  );
});

test('no text is more than a fault inside it', () => {
  const piece = fc.constantFrom('(', ')', '"', 'AND', 'OR', 'NOT', 'a', '*', ' ', 'title:', '-', '“', '😀');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const parsed = parseQuery(text);
        if ('query' in parsed) return;
        expect(parsed.fault.column).toBeGreaterThanOrEqual(1);
        expect(parsed.fault.column).toBeLessThanOrEqual(Array.from(text).length + 1);
      },
    ),
  );
});
