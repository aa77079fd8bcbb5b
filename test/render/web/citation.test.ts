import { parse } from '@retorquere/bibtex-parser';
import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditionPaper } from '../../../src/domain/edition.ts';
import { bibtex } from '../../../src/render/web/bibtex.ts';
import { citation } from '../../../src/render/web/citation.ts';
import { ris, risAddress } from '../../../src/render/web/ris.ts';
import { samplePaper } from '../edition-sample.ts';

function bib(more: Partial<EditionPaper>): string {
  return bibtex(citation(samplePaper('00101', more)));
}

describe('a BibTeX entry', () => {
  it('has what arXiv itself writes', () => {
    expect(bib({ title: 'Small Tools', authors: [{ name: 'Mira Invented' }, { name: 'Ola Last' }] })).toBe(
      `@misc{invented2026small,
  title = {{Small Tools}},
  author = {Mira Invented and Ola Last},
  year = {2026},
  eprint = {2611.00101},
  archivePrefix = {arXiv},
  primaryClass = {cs.CL},
  url = {https://arxiv.example/abs/2611.00101}
}
`,
    );
  });

  it('writes signs of TeX as commands and keeps a formula', () => {
    const entry = bib({ title: '100% of $O(n^2)$ & {more}_less #1 ~ \\textbf{bold} ^ $5' });
    expect(entry).toContain(
      '{{100\\% of $O(n^2)$ \\& \\textbraceleft{}more\\textbraceright{}\\_less \\#1 \\textasciitilde{} bold \\textasciicircum{} \\$5}}',
    );
  });

  it('says "and others" for a list that was shortened, without the last author in the place of another', () => {
    const entry = bib({
      authors: [{ name: 'A One' }, { name: 'B Two' }, { name: 'Z Last' }],
      authorCount: 3303,
    });
    expect(entry).toContain('author = {A One and B Two and others}');
  });

  it('keeps names of groups whole', () => {
    const entry = bib({
      authors: [{ name: 'Trains and Boats Team' }, { name: 'Example, Inc.' }, { name: 'Ludwig van Sample' }],
      authorCount: 3,
    });
    expect(entry).toContain('author = {{Trains and Boats Team} and {Example, Inc.} and Ludwig van Sample}');
  });

  it('cites a paper with a DOI by it, and takes the year of an arXiv id where no day is known', () => {
    const { submittedAt: _, ...undated } = samplePaper('00101');
    expect(bibtex(citation(undated))).toContain('year = {2026}');
    const entry = bibtex(
      citation({ ...undated, id: 'doi:10.5555/a_b', doi: '10.5555/a_b', categories: ['bio'] }),
    );
    expect(entry).toContain('doi = {10.5555/a_b}');
    expect(entry).not.toMatch(/eprint|archivePrefix|primaryClass|year/);
    expect(bibtex(citation({ ...undated, id: 'arxiv:hep-th/9901001' }))).toContain('year = {1999}');
  });

  it('is one entry with this title and these authors for a parser, whatever they hold', () => {
    const piece = oneof(
      string({ unit: 'grapheme', maxLength: 6 }),
      constantFrom('{', '}', '\\', '$', '%', '@misc{', ' and ', ',', '"', '#', '$x_1$', '\\"o', '\n'),
    );
    const words = array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
    assert(
      property(words, words, (title, name) => {
        const text = bib({ title: `A ${title} title`, authors: [{ name: `B ${name} C` }], authorCount: 1 });
        const { entries, errors } = parse(text);
        // A command inside a formula may be one that this parser has not heard of.
        const broken = errors.filter(({ error }) => !error.startsWith('unhandled macro'));
        expect([text, broken]).toEqual([text, []]);
        expect(entries.map(({ type, fields }) => [type, fields.author?.length])).toEqual([['misc', 1]]);
        expect(depth(text)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

/** Braces that are open at the end, as BibTeX counts: also those after a backslash; -1 when one closed too many. */
function depth(text: string): number {
  let open = 0;
  for (const [sign] of text.matchAll(/[{}]/g)) {
    open += sign === '{' ? 1 : -1;
    if (open < 0) return -1;
  }
  return open;
}

describe('an RIS record', () => {
  it('is an address that holds it whole, whatever signs it has', () => {
    const cited = citation(samplePaper('00101', { title: '100 % & #1 "é" \uD800', authorCount: 9 }));
    const [head = '', data = ''] = risAddress(cited).split(',');
    expect(head).toBe('data:application/x-research-info-systems;charset=utf-8');
    expect(data).toMatch(/^[\w.!~*'()%-]*$/);
    expect(decodeURIComponent(data)).toBe(ris(cited));
    expect(ris(cited)).toContain('N1  - The list of authors is longer.');
  });

  it('has one tag a line, the last name first', () => {
    const paper = samplePaper('00101', {
      title: 'On $\\alpha$-Stable\nTools',
      authors: [{ name: 'Mira Invented' }, { name: 'Ludwig van Sample' }, { name: 'Plato' }],
      authorCount: 3,
    });
    expect(ris(citation(paper)).split('\r\n')).toEqual([
      'TY  - UNPB',
      'AU  - Invented, Mira',
      'AU  - van Sample, Ludwig',
      'AU  - Plato',
      'TI  - On α-Stable Tools',
      'PY  - 2026',
      'DA  - 2026/11/22',
      'AN  - arXiv:2611.00101',
      'UR  - https://arxiv.example/abs/2611.00101',
      'ER  - ',
      '',
    ]);
  });
});
