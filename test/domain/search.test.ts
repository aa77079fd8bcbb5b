import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../src/domain/search-parse.ts';
import { readRequest, requestQuery } from '../../src/domain/search-request.ts';
import { stemOf } from '../../src/domain/search-stem.ts';
import { labelWord, searchText } from '../../src/domain/search-text.ts';
import { searchWords } from '../../src/domain/search-words.ts';
import { inTitle, longestSearch, mostWords, wantedTerms, type SearchNode } from '../../src/domain/search.ts';
import { paperRecord } from '../fixtures/papers.ts';

/** The tree in a form that can be read: `(and a (not b))`. */
function written(node: SearchNode | undefined): string {
  if (!node) return '';
  switch (node.kind) {
    case 'term':
      return node.field === 'text' ? node.words : `${node.field}:${node.words}`;
    case 'label':
      return `${node.label}:${node.value}`;
    case 'not':
      return `(not ${written(node.node)})`;
    default:
      return `(${node.kind} ${node.nodes.map(written).join(' ')})`;
  }
}

describe('the language of the search box', () => {
  it.each([
    ['tool agents', '(and tool agents)'],
    ['"tool use"', 'tool use'],
    ['“tool use„ x', '(and tool use x)'],
    ['"never closed', 'never closed'],
    ['a b OR c d', '(or (and a b) (and c d))'],
    ['a AND b or c', '(and a b or c)'],
    ['-a -"b c"', '(and (not a) (not b c))'],
    ['NOT a NOT NOT b', '(and (not a) b)'],
    ['(a OR b) c', '(and (or a b) c)'],
    ['((a OR b', '(or a b)'],
    ['a) OR b', '(or a b)'],
    ['-(a b)', '(not (and a b))'],
    ['title:a abstract:"b c" author:d lab:e', '(and title:a abstract:b c author:d lab:e)'],
    ['Title:a CAT:cs.CL', '(and title:a cat:cs.CL)'],
    ['cat:cs.* topic:"Tool use" source:x', '(and cat:cs.* topic:Tool use source:x)'],
    ['has:code', 'has:code'],
    ['GPT:4', 'gpt:4'],
    ['title: a', 'a'],
    ['2510.01234v3', 'id:arxiv:2510.01234'],
    ['"2510.01234"', '2510.01234'],
    ['doi:10.1101/2026.01.02 x', '(and id:doi:10.1101/2026.01.02 x)'],
    ['OR AND NOT ( ) - " "', ''],
    ['-after:2020-01-01 agents', 'agents'],
    ['NOT before:soon agents', 'agents'],
    ['robots -before:2026-11-01', 'robots'],
    ['NOT AND cats', '(not cats)'],
    ['-"" cats', 'cats'],
    [`${'('.repeat(8)}-(cats (dogs))${')'.repeat(8)} mice`, 'mice'],
    [`-${'('.repeat(10)}cats${')'.repeat(10)} dogs`, '(and (not cats) dogs)'],
    ['--- ** ?!', ''],
    ['', ''],
  ])('reads %j as %j', (text, tree) => {
    expect(written(parseSearch(text).node)).toBe(tree);
  });

  it('takes dates wherever they stand, a year and a month as their first day', () => {
    expect(parseSearch('a after:2026-11 b before:"2027"')).toMatchObject({
      after: '2026-11-01',
      before: '2027-01-01',
    });
    expect(written(parseSearch('a after:2026-11 b').node)).toBe('(and a b)');
  });

  it.each([
    ['after:soon', /“after:soon” was left out: write a day as in after:2026-11-01/],
    ['before:2026-02-30', /before:2026-02-30” was left out/],
    ['has:pizza', /“has:pizza” was left out: write has: with one of code, project, discussion, pdf/],
    [`${'('.repeat(8)}-(cats)${')'.repeat(8)} mice`, /A minus before a bracket within 8 others was left out/],
    ['?!', /no word to look for/],
    ['OR', /no word to look for/],
    ['word '.repeat(40), /Only the first 32 words/],
    [`"${'word '.repeat(20)}" "${'word '.repeat(20)}" rest`, /Only the first 32 words/],
    ['-after:2026-11-01 a', /“-after:2026-11-01” was left out: write before:2026-11-01/],
    ['a NOT before:2026', /“-before:2026” was left out: write after:2026/],
    ['x'.repeat(10_000), /Only the first 2,000 characters/],
  ])('says what it left out of %j', (text, note) => {
    expect(parseSearch(text).notes.join(' ')).toMatch(note);
  });

  it('looks for no more words than that, those of phrases counted', () => {
    const phrase = `"${'a '.repeat(12)}"`;
    const terms = wantedTerms(parseSearch(`${phrase} OR ${phrase} OR ${phrase} OR ${phrase}`).node);
    expect(terms.map(({ words }) => words.split(' ').length)).toEqual([12, 12]);
  });

  it('says nothing about what it understood', () => {
    expect(parseSearch('a -b "c d" after:2026').notes).toEqual([]);
    expect(parseSearch('').notes).toEqual([]);
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(
          '(',
          ')',
          '"',
          '-',
          ' ',
          'OR',
          'AND',
          'NOT',
          'a',
          'title:',
          'cat:',
          'after:',
          'NEAR(',
          '*',
          '\0',
          '😀',
          '\ud800',
        ),
        {
          maxLength: 400,
        },
      )
      .map((parts) => parts.join('')),
  );

  it('reads any text, and its own reading of it the same way again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = parseSearch(text);
        expect(read.text.length).toBeLessThanOrEqual(longestSearch);
        expect(read.text.isWellFormed()).toBe(true);
        expect(read.text).not.toMatch(/\p{Cc}/u);
        expect(wantedTerms(read.node).length).toBeLessThanOrEqual(mostWords);
        expect(parseSearch(read.text)).toMatchObject({
          text: read.text,
          ...(read.node && { node: read.node }),
        });
      }),
      { numRuns: 500 },
    );
  });

  it.each(['(', ')', '-', '"', 'OR ', 'NOT ', '-(', 'a:', 'title:', '((a) ', '“', 'x '])(
    'reads 10,000 characters of %j at once',
    (piece) => {
      const startedAt = performance.now();
      parseSearch(piece.repeat(10_000 / piece.length));
      expect(performance.now() - startedAt).toBeLessThan(500);
    },
  );
});

describe('words', () => {
  it.each([
    ['agents', 'agent'],
    ['studies', 'study'],
    ['analyses', 'analysis'],
    ['biases', 'bias'],
    ['tuned tuning tunes', 'tune tune tune'],
    ['planning planned', 'plan plan'],
    ['modelling modeling modelled', 'model model model'],
    ['controlled', 'control'],
    ['embeddings embedded', 'embed embed'],
    ['using uses', 'use use'],
    ['generating generated', 'generate generate'],
    ['Łukasz GAUẞ Ångström', 'lukasz gauss angstrom'],
    ['H₂O ﬁne x²', 'h2o fine x2'],
    ['fine-tuning', 'fine tune'],
    ['が', 'が'],
  ])('%j and %j are the same', (one, other) => {
    const stems = (text: string): readonly string[] => searchWords(text).map(({ stem }) => stem);
    expect(stems(one)).toEqual(stems(other));
  });

  it.each([
    ['general', 'generation'],
    ['universe', 'university'],
    ['string', 'str'],
    ['speed', 'spe'],
    ['bias', 'bia'],
    ['corpus', 'corpu'],
    ['か', 'が'],
  ])('%j and %j are not', (one, other) => {
    expect(stemOf(searchWords(one)[0]?.folded ?? '')).not.toBe(stemOf(searchWords(other)[0]?.folded ?? ''));
  });

  it('are single signs where a script writes no spaces, with their places in the text', () => {
    const text = 'An 日本語 test';
    expect(searchWords(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'An',
      '日',
      '本',
      '語',
      'test',
    ]);
  });

  it('hold nothing that divides words, at places that follow each other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let at = 0;
        for (const { folded, stem, start, end } of searchWords(text)) {
          expect(folded).toMatch(/^[\p{L}\p{N}\p{M}]{1,64}$/u);
          expect(stem).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of a label are one, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(labelWord('cat', value)).not.toMatch(/[ -/:-@[-`{-~\p{Cc}]/u);
      }),
    );
    expect(labelWord('cat', 'cs.CL')).not.toBe(labelWord('cat', 'csCL'));
  });

  it('of a paper with thousands of authors and no text are all there', () => {
    const authors = Array.from({ length: 3_303 }, (_, at) => ({ name: `Author ${at}` }));
    const paper = {
      ...paperRecord(1),
      title: '',
      abstract: '',
      authors,
      firstSeenAt: 0,
      firstSource: 'x',
      origins: {},
    };
    const text = searchText(paper, { topics: [], sources: [], shown: (plain) => plain });
    expect(text.authors).toContain(' 3302');
    expect(text.title).toBe('');
  });

  it('can be asked of the title alone', () => {
    expect(written(inTitle(parseSearch('a (b OR author:c) -d').node))).toBe(
      '(and title:a (or title:b author:c) (not d))',
    );
    expect(inTitle(parseSearch('cat:cs.CL').node)).toBeUndefined();
  });
});

describe('the address of a search', () => {
  const read = (query: string) => readRequest(new URLSearchParams(query), ['agents']);

  it.each([
    ['q=a&page=abc', 400],
    ['q=a&page=0', 400],
    ['page=51', 400],
    ['page=-1', 400],
    ['page=1e3', 400],
    ['limit=-1', 400],
    ['limit=0', 400],
    ['sort=best', 400],
    ['after=yesterday', 400],
    ['before=2026-13', 400],
    ['has=pizza', 400],
    ['q=a&q=b', 400],
    ['topic=agents&topic=agents', 400],
    ['topic=nothing', 404],
  ])('%s is answered %i, in words that name the parameter', (query, status) => {
    const answer = read(query);
    expect(answer).toMatchObject({ fault: { status } });
    expect('fault' in answer && answer.fault.message).toContain(/[?&]?(\w+)=[^&]*$/.exec(query)?.[1]);
  });

  it('has one form, whatever the order, the blanks, the empty and the unknown parameters', () => {
    const answer = read(
      'zzz=1&sort=newest&q=++tool%20%20use&page=1&topic=agents&has=&before=2027&utm_source=x',
    );
    expect('request' in answer && requestQuery(answer.request)).toBe(
      '?before=2027-01-01&q=tool+use&topic=agents',
    );
    expect(read('')).toMatchObject({ request: { text: '', sort: 'newest', page: 1 }, search: {} });
  });

  it('joins its fields and the text, the narrower of two times', () => {
    const answer = read('q=a+after:2026-05&after=2026-01-01&before=2026-12-01&topic=agents&has=code');
    expect(answer).toMatchObject({ search: { after: '2026-05-01', before: '2026-12-01' } });
    expect('search' in answer && written(answer.search.node)).toBe('(and a topic:agents has:code)');
  });

  it('means the same when it is read again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.integer({ min: 1, max: 50 }),
        (text, page) => {
          const first = readRequest(new URLSearchParams({ q: text, page: String(page) }), []);
          if (!('request' in first)) throw new Error('a text was refused');
          const again = readRequest(new URLSearchParams(requestQuery(first.request)), []);
          expect(again).toMatchObject({ request: first.request, search: first.search });
        },
      ),
      { numRuns: 300 },
    );
  });
});
