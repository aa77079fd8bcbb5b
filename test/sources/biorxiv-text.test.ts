import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { biorxivAbstract, biorxivAuthors, biorxivText } from '../../src/sources/biorxiv-text.ts';

describe('text of bioRxiv', () => {
  test.each([
    ['plain words', 'plain words'],
    ['  two\n  lines ', 'two lines'],
    ['NA', ''],
    ['', ''],
    ['DNA and NA channels', 'DNA and NA channels'],
    ['O_ST_ABSBackgroundC_ST_ABSWe counted.', 'Background We counted.'],
    ['O_LIfirst pointC_LIO_LIsecond pointC_LI', 'first point second point'],
    ['MO_SCPLOWOUSEC_SCPLOW is a tool', 'MOUSE is a tool'],
    ['H<sub>2</sub>O stays as it is', 'H<sub>2</sub>O stays as it is'],
    ['O_FIGURE and FIG_1 are words', 'O_FIGURE and FIG_1 are words'],
  ])('%j reads %j', (text, expected) => {
    expect(biorxivText(text)).toBe(expected);
  });

  test('loses a figure, whose internal numbers change from answer to answer', () => {
    const figure = (number: string): string =>
      `It works.\n\nGraphical Abstract\n\nO_FIG O_LINKSMALLFIG WIDTH=200 SRC="FIGDIR/small/1v1_ufig1.gif" ALT="Figure 1">\nView larger version (46K):\norg.highwire.dtl.DTLVardef@${number}_HPS_FORMAT_FIGEXP  M_FIG A caption. C_FIG`;
    expect(biorxivText(figure('1abbf01'))).toBe('It works.');
    expect(biorxivText(figure('88edf9'))).toBe('It works.');
    expect(biorxivText('It works. O_FIG O_LINKSMALLFIG WIDTH=2')).toBe('It works.');
    expect(biorxivText('One. O_TBL x C_TBL Two. O_FIG y C_FIG')).toBe('One. Two.');
  });

  test.each([
    ['AO_SCPLOWBSTRACTC_SCPLOWWe counted.', 'We counted.'],
    ['ABSTRACTA gene was found.', 'A gene was found.'],
    ['ABSTRACT: We counted.', 'We counted.'],
    ['Abstract Meaning is hard.', 'Abstract Meaning is hard.'],
    ['ABSTRACTION is hard.', 'ABSTRACTION is hard.'],
  ])('an abstract %j begins with its first word: %j', (text, expected) => {
    expect(biorxivAbstract(text)).toBe(expected);
  });

  test('is one line, and the same when it is read again', () => {
    const piece = fc.constantFrom(
      'O_ST_ABS',
      'C_LI',
      'O_FIG ',
      ' C_FIG',
      'O_SCPLOW',
      '\n',
      'word',
      ' ',
      'NA',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const text = biorxivText(pieces.join(''));
        expect(text).not.toMatch(/\n|^\s|\s$/);
      }),
      { numRuns: 500 },
    );
  });

  test('takes no longer than the text for a long text of blanks or of open figures', () => {
    for (const part of [' ', 'O_FIG ', 'Graphical Abstract ', 'O_']) {
      expect(biorxivText(part.repeat(100_000)).length).toBeLessThanOrEqual(part.length * 100_000);
    }
  });
});

describe('authors of bioRxiv', () => {
  test.each([
    ['Doe, J.; Roe, R. M.', ['J. Doe', 'R. M. Roe']],
    ['van der Berg, A.-B.;', ['A.-B. van der Berg']],
    ['Öz, Ş.; Wang, Yu.', ['Ş. Öz', 'Yu. Wang']],
    ['The Invented Consortium', ['The Invented Consortium']],
    ['Group for Counting, Sorting and More', ['Group for Counting, Sorting and More']],
    ['Doe, Jane', ['Doe, Jane']],
    ['Doe, J., Jr.', ['Doe, J., Jr.']],
    ['Doe, J. ; ; NA', ['J. Doe']],
    ['', []],
  ])('%j are %j', (authors, names) => {
    expect(biorxivAuthors(authors).map(({ name }) => name)).toEqual(names);
  });
});
