import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Paper } from '../../src/domain/paper.ts';
import { authorHistory, historyByDay, historySides } from '../../src/rank/author-history.ts';
import {
  fitListingChance,
  listingChance,
  listingTerms,
  type PastPaper,
} from '../../src/rank/listing-chance.ts';
import { decodeListingModel, encodeListingModel } from '../../src/rank/listing-model-text.ts';
import { authors, paper } from './candidates.ts';

const ada = { name: 'Ada Example' };
const bob = { name: 'Bob Example' };

const past = (number: number, isListed: boolean, said: Partial<Paper> = {}): PastPaper => ({
  paper: paper(number, said),
  listDate: `2026-11-${String(2 + Math.floor(number / 6)).padStart(2, '0')}`,
  isListed,
});

/** Papers of Ada, and papers on cats, get onto the list. */
const lessons = Array.from({ length: 60 }, (_, number) => {
  if (number % 3 === 0) return past(number, true, { title: 'Sleep', authors: [ada] });
  if (number % 3 === 1) return past(number, true, { title: 'Cats', comments: 'see github.com/example' });
  return past(number, false, { title: 'Dogs', authors: [bob], comments: 'accepted at EX 2026' });
});

describe('the history of authors', () => {
  test('is the share of listed papers of the best author, with doubt, and the listed papers of all', () => {
    const history = authorHistory([
      past(1, true, { authors: [ada, bob] }),
      past(2, true, { authors: [ada] }),
      past(3, false, { authors: [ada, { name: 'Cy Example' }] }),
    ]);
    expect(historySides([ada, bob], history)).toEqual([2 / (3 + 6), Math.log1p(2 + 1)]);
    expect(historySides([{ name: 'Cy Example' }], history)).toEqual([0, 0]);
    expect(historySides([], history)).toEqual([0, 0]);
    expect([...history.keys()]).toEqual(['Ada Example', 'Bob Example']);
  });

  test('of a lesson is that of the days before its own', () => {
    const listed = past(1, true, { authors: [ada] });
    expect(historyByDay([[listed, listed], [listed]])).toEqual([
      [0, 0],
      [0, 0],
      [2 / 8, Math.log1p(2)],
    ]);
  });
});

describe('the learned chance of listing', () => {
  test('is high for papers like those that were listed', () => {
    const model = fitListingChance(lessons, true);
    const chance = (said: Partial<Paper>): number => listingChance(paper(99, said), model);
    expect(chance({ title: 'Cats' })).toBeGreaterThan(chance({ title: 'Dogs' }));
    expect(chance({ title: 'On x', authors: [ada] })).toBeGreaterThan(
      chance({ title: 'On x', authors: [bob] }),
    );
    expect(chance({ title: 'On x', comments: 'code on GitHub' })).toBeGreaterThan(chance({ title: 'On x' }));
    expect(chance({ title: 'On x', comments: 'accepted' })).toBeLessThan(chance({ title: 'On x' }));
  });

  test('looks at the authors’ past only where it is switched on, and names it', () => {
    const [plain, full] = [fitListingChance(lessons, false), fitListingChance(lessons, true)];
    const [byAda, byBob] = [paper(99, { authors: [ada] }), paper(99, { authors: [bob] })];
    expect(plain.history).toBeUndefined();
    expect(listingChance(byAda, plain)).toBe(listingChance(byBob, plain));
    expect(listingTerms(byAda, plain).map(({ name }) => name)).not.toContain('best author’s listed papers');
    const share = listingTerms(byAda, full).find(({ name }) => name === 'best author’s listed papers')?.share;
    expect(share).toBeGreaterThan(0.1);
  });

  test('does not look at links that a source may add once a paper is listed', () => {
    const model = fitListingChance(lessons, true);
    const links = { abstract: 'https://papers.example.org/99', code: 'https://github.com/example/x' };
    expect(listingChance(paper(99, { links, organization: 'Example' }), model)).toBe(
      listingChance(paper(99), model),
    );
  });

  test('tells terms that add up to its log-odds', () => {
    const model = fitListingChance(lessons, true);
    const subject = paper(99, { title: 'Cats that sleep', authors: [ada, bob] });
    const logOdds = listingTerms(subject, model).reduce((sum, { share }) => sum + share, 0);
    expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(listingChance(subject, model), 9);
  });

  test('is the same for the same papers in another order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(lessons, { minLength: lessons.length }), (order) => {
        expect(encodeListingModel(fitListingChance(order, true))).toBe(
          encodeListingModel(fitListingChance(lessons, true)),
        );
      }),
      { numRuns: 5 },
    );
  });

  test('is a chance for any paper', () => {
    const model = fitListingChance(lessons, true);
    const said = fc.record({
      title: fc.string({ unit: 'grapheme' }),
      abstract: fc.constantFrom('', 'Мы смотрим.', '我们看看。', 'Cats. '.repeat(3000)),
      authors: fc.constantFrom(authors(0), [ada, ada, bob], authors(3303)),
      categories: fc.constantFrom([], ['cs.CL'], ['cs.LG', 'stat.ML']),
    });
    fc.assert(
      fc.property(said, (told) => {
        const chance = listingChance(paper(99, told), model);
        expect(chance).toBeGreaterThan(0);
        expect(chance).toBeLessThan(1);
      }),
      { numRuns: 30 },
    );
    expect(listingChance(paper(1), fitListingChance([], true))).toBe(0.5);
  });
});

describe('a stored chance of listing', () => {
  test.each([true, false])('says the same as before it was stored (authors’ past: %s)', (usesHistory) => {
    const model = fitListingChance(lessons, usesHistory);
    const text = encodeListingModel(model);
    expect(decodeListingModel(text)).toEqual(model);
    expect(text.length).toBeLessThan(800_000);
  });

  test('is refused, with what was expected, in another version or when broken', () => {
    const text = encodeListingModel(fitListingChance(lessons, true));
    const refused = expect.objectContaining({
      code: 'STORE',
      message: expect.stringMatching(/^Expected a stored chance of listing of version 1; got/),
    });
    const broken = [
      '',
      text.slice(0, -9),
      text.replace('"version":1', '"version":2'),
      text.replace('"bits":16', '"bits":15'),
      text.replace('open source', 'closed source'),
      text.replace(/"history":.*$/, '"history":7}'),
    ];
    for (const one of broken) {
      expect(one).not.toBe(text);
      expect(() => decodeListingModel(one)).toThrow(refused);
    }
  });
});
