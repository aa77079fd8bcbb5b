import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { arxivAuthorLine } from '../../src/sources/arxiv-author-line.ts';
import { texAccents } from '../../src/sources/tex-accents.ts';

describe("the authors of a submitter's line", () => {
  test.each([
    ['', []],
    ['Ada Invented', ['Ada Invented']],
    ['Ada Invented and Bo Made-Up', ['Ada Invented', 'Bo Made-Up']],
    ['A. Invented, B. Made-Up, and C. Fictional', ['A. Invented', 'B. Made-Up', 'C. Fictional']],
    ['A and B and C', ['A', 'B', 'C']],
    ['A & B', ['A', 'B']],
    ['Andy Sanders and Sandy Anders', ['Andy Sanders', 'Sandy Anders']],
    ['The Kettle and Pot Collaboration: A, B', ['The Kettle and Pot Collaboration', 'A', 'B']],
    ['Kettle Collaboration : A and B', ['Kettle Collaboration', 'A', 'B']],
    ['A, Kettle Collaboration: B', ['A', 'Kettle Collaboration', 'B']],
    [':, A', ['A']],
    ['C.~Y. Fictional', ['C. Y. Fictional']],
    [String.raw`Micha{\l} Barski, Nicole B\"auerle`, ['Michał Barski', 'Nicole Bäuerle']],
  ])('in %j are %j', (line, names) => {
    expect(arxivAuthorLine(line).map(({ name }) => name)).toEqual(names);
  });

  test.each([
    ['Ada (Univ. A and B, Dept. C) and Bo (D)', ['Univ. A and B, Dept. C', 'D']],
    [
      'Ada (1), Bo (1 and 2) ((1) Here, Dept. X; (2) There (in part))',
      ['Here, Dept. X', 'Here, Dept. X; There (in part)'],
    ],
    ['Ada (3), Bo (1) ((1) Here)', [undefined, 'Here']],
    ['Ada (1), Bo', [undefined, undefined]],
  ])('in %j have the affiliations %j', (line, affiliations) => {
    expect(arxivAuthorLine(line).map(({ affiliation }) => affiliation)).toEqual(affiliations);
  });

  test('3,303 of them are 3,303', () => {
    const names = Array.from({ length: 3303 }, (_, index) => `Author Number${index}`);
    expect(arxivAuthorLine(names.join(', '))).toHaveLength(3303);
  });

  test('never are a crash, whatever the line holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('\\{}()",:$~\'ab1'), ' and ') }),
        (line) => {
          for (const { name } of arxivAuthorLine(line)) expect(name).not.toBe('');
        },
      ),
    );
  });
});

describe("TeX's accents", () => {
  test.each([
    [String.raw`L\'evy, L\'{e}vy, L{\'e}vy, L{\'{e}}vy`, 'Lévy, Lévy, Lévy, Lévy'],
    [String.raw`na\"{\i}ve na\"\i ve na{\"\i}ve`, 'naïve naïve naïve'],
    [
      String.raw`\v{S}t\v ep\'an Dvo{\v r}\'ak \c{C}elik \H{o} \k{a} \r{u} \u{g} \.Z \=a \d{t}`,
      'Štěpán Dvořák Çelik ő ą ů ğ Ż ā ṭ',
    ],
    [
      String.raw`{\L}ochowski \L ochowski \l{}uk B\o rge \AA{}rhus {\ss} \ae`,
      'Łochowski Łochowski łuk Børge Århus ß æ',
    ],
    [String.raw`{\em i)} and \emph{very \textbf{bold}} {\it x}`, 'i) and very bold x'],
    [String.raw`$\c{c} \o \'e$ outside \'e $$\l$$`, String.raw`$\c{c} \o \'e$ outside é $$\l$$`],
    [String.raw`\$5 and 0.1\% of \cite{CIR} in \url{x}`, String.raw`\$5 and 0.1\% of \cite{CIR} in \url{x}`],
    [String.raw`\$5 \'e \$6`, String.raw`\$5 é \$6`],
    [String.raw`C:\users \omega \input \bar`, String.raw`C:\users \omega \input \bar`],
    [String.raw`a \ b \\ c \{d\}`, String.raw`a \ b \\ c \{d\}`],
  ])('in %s', (text, expected) => {
    expect(texAccents(text)).toBe(expected.normalize('NFC'));
  });

  test('leave a text without a backslash as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const plain = text.replaceAll('\\', '');
        expect(texAccents(plain)).toBe(plain);
      }),
    );
  });

  test('end in time, however deep or broken the text is', () => {
    const started = performance.now();
    for (const part of ['{\\em ', '$', '$$', "\\'{", '{\\l', '\\emph{', '\\$', '((1)', '{\\em {'])
      texAccents(part.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
