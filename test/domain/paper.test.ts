import { describe, expect, it } from 'vitest';
import { paperId, paperPath, parseArxivId } from '../../src/domain/paper.ts';

const url = 'https://example.org/paper';

describe('the id of a paper', () => {
  it.each([
    [{ arxiv: '2510.01234', url }, 'arxiv:2510.01234'],
    [{ arxiv: '2510.01234v3', url }, 'arxiv:2510.01234'],
    [{ arxiv: 'astro-ph/0601001', url }, 'arxiv:astro-ph/0601001'],
    [{ arxiv: 'math.AG/0601001v2', url }, 'arxiv:math.AG/0601001'],
    [{ doi: '10.1101/2026.01.02.123', url }, 'doi:10.1101/2026.01.02.123'],
    [{ doi: 'https://doi.org/10.1101/ABC', url }, 'doi:10.1101/abc'],
    [{ doi: '10.48550/arXiv.2510.01234', url }, 'arxiv:2510.01234'],
    [{ url: 'https://arxiv.org/pdf/2510.01234v1.pdf' }, 'arxiv:2510.01234'],
    [{ url: 'http://export.arxiv.org/abs/quant-ph/0201082v1' }, 'arxiv:quant-ph/0201082'],
  ])('of %j is %s', (identity, id) => {
    expect(paperId(identity)).toBe(id);
  });

  it.each([
    ['10.1234/../etc'],
    ['10.1234/a//b'],
    ['10.1234/.hidden'],
    [`10.1234/${'x'.repeat(300)}`],
    ['not a doi'],
  ])('of the DOI %s, which cannot stand in a path, comes from the address', (doi) => {
    expect(paperId({ doi, url })).toBe(paperId({ url }));
    expect(paperId({ doi, url })).toMatch(/^url:[0-9a-f]{32}$/);
  });

  it('is the same for two spellings of one address', () => {
    expect(paperId({ url: 'http://Example.org/paper/#intro' })).toBe(paperId({ url }));
  });

  it.each(['', '2510.123', '25101.01234', 'Error', '0', 'http://arxiv.org/abs/2510.01234'])(
    'does not take %j for an arXiv id',
    (text) => {
      expect(parseArxivId(text)).toBeUndefined();
    },
  );
});

describe('the path of a paper', () => {
  it('keeps the slash of old ids and encodes the rest', () => {
    expect(paperPath('arxiv:astro-ph/0601001')).toBe('p/arxiv/astro-ph/0601001/');
    expect(paperPath('doi:10.1234/a<b>')).toBe('p/doi/10.1234/a%3Cb%3E/');
  });
});
