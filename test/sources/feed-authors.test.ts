import { expect, test } from 'vitest';
import { feedAuthors } from '../../src/sources/feed-authors.ts';

const names = (...texts: string[]): string[] => feedAuthors(texts).map(({ name }) => name);

test.each([
  [[''], []],
  [['Ada Invented'], ['Ada Invented']],
  [['ada@example.org (Ada Invented)'], ['Ada Invented']],
  [['Ada Invented <ada@example.org>'], ['Ada Invented']],
  [['ada@example.org'], []],
  [
    ['Ada Invented, Bo Made-Up', 'Cy'],
    ['Ada Invented', 'Bo Made-Up', 'Cy'],
  ],
  [['Ada Invented, Bo Made-Up and Cy Clone'], ['Ada Invented', 'Bo Made-Up', 'Cy Clone']],
  [['Ada Invented & Bo Made-Up'], ['Ada Invented', 'Bo Made-Up']],
  [['Invented, Ada; Made-Up, Bo'], ['Invented, Ada', 'Made-Up, Bo']],
  [['INVENTED, A., Made-Up, B. C., Clone, J.-F.'], ['A. INVENTED', 'B. C. Made-Up', 'J.-F. Clone']],
  [['Invented, Ada'], ['Invented, Ada']],
  [
    ['Invented, A.', 'Made-Up, B.'],
    ['Invented, A.', 'Made-Up, B.'],
  ],
  [['Ada Invented (Univ. A, Dept. (B)), Bo Made-Up (C)'], ['Ada Invented', 'Bo Made-Up']],
  [['Ada Invented (Univ. A'], ['Ada Invented (Univ. A']],
  [
    ['Ada Invented', 'Ada Invented', 'Bo'],
    ['Ada Invented', 'Bo'],
  ],
  [['Jos&eacute; <b>Invented</b>'], ['José Invented']],
  [['--', '123'], []],
])('%j are %j', (texts, expected) => {
  expect(names(...texts)).toEqual(expected);
});

test('3,303 authors in one text are 3,303 authors', () => {
  const many = Array.from({ length: 3303 }, (_, index) => `Author Number${index}`);
  expect(names(many.join(', '))).toEqual(many);
});

test.each(['(', '()', '(,)', 'a@', '@', ' and ', ',', ';', 'A.'])(
  'a hundred thousand of %j are read in a moment',
  (piece) => {
    const start = performance.now();
    names(`x${piece.repeat(100_000)}y`);
    expect(performance.now() - start).toBeLessThan(2000);
  },
);
