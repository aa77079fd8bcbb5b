import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arxivAuthors } from '../../src/sources/arxiv-authors.ts';

test.each([
  ['', []],
  ['  ', []],
  ['Ada Invented', [{ name: 'Ada Invented' }]],
  ['Ada Invented, Bo  Made-Up,  Cy', [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }, { name: 'Cy' }]],
  ['Ada (Univ. A, Dept. B), Bo', [{ name: 'Ada', affiliation: 'Univ. A, Dept. B' }, { name: 'Bo' }]],
  [
    'Ada (Univ. A (UA), B), Bo (C)',
    [
      { name: 'Ada', affiliation: 'Univ. A (UA), B' },
      { name: 'Bo', affiliation: 'C' },
    ],
  ],
  ['Ada (Univ. A, Bo', [{ name: 'Ada (Univ. A' }, { name: 'Bo' }]],
  ['Ada Univ. A), Bo', [{ name: 'Ada Univ. A)' }, { name: 'Bo' }]],
  [') Ada (, Bo', [{ name: ') Ada (' }, { name: 'Bo' }]],
  ['(nobody), Bo', [{ name: 'Bo' }]],
])('the authors in %j', (text, expected) => {
  expect(arxivAuthors(text)).toEqual(expected);
});

test('3,303 authors are 3,303 authors', () => {
  const names = Array.from({ length: 3303 }, (_, index) => `Author Number${index}`);
  expect(arxivAuthors(names.join(', ')).map(({ name }) => name)).toEqual(names);
});

test('names joined with commas come back as they were', () => {
  const name = fc.stringMatching(/^[A-Z][a-zé'.-]{0,8}( [A-Z][a-z]{1,8})?$/);
  const affiliation = fc.option(fc.stringMatching(/^[A-Z][a-z, ]{0,8}[a-z]$/), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, affiliation), { minLength: 1 }), (people) => {
      const joined = people
        .map(([who, where]) => (where === undefined ? who : `${who} (${where})`))
        .join(', ');
      expect(arxivAuthors(joined).map(({ name: who }) => who)).toEqual(people.map(([who]) => who));
    }),
  );
});
