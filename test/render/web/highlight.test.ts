import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../../src/domain/search-parse.ts';
import { wantedTerms, type SearchTerm } from '../../../src/domain/search.ts';
import { markedParts, passage, textsWithHit } from '../../../src/render/web/highlight.ts';

const terms = (text: string): readonly SearchTerm[] => wantedTerms(parseSearch(text).node);

/** The text with what was found in brackets. */
function marked(text: string, search: string, spelling?: 'stem' | 'folded'): string {
  return markedParts(text, terms(search), spelling)
    .map((part) => (part.isHit ? `[${part.text}]` : part.text))
    .join('');
}

describe('what was found', () => {
  it.each([
    ['Agents plan with an agent', 'agent', '[Agents] plan with an [agent]'],
    ['Tool use, use of tools', '"tool use"', '[Tool use], use of tools'],
    ['Use of fine-tuning', 'fine-tune', 'Use of [fine-tuning]'],
    ['a b c d', '"a b c" "b c d"', '[a b c][ d]'],
    ['a b c', '-a b', 'a [b] c'],
    ['日本語の論文', '本語', '日[本語]の論文'],
    ['Łucja Müller', 'lucja', '[Łucja] Müller'],
    ['H₂O and <b>', 'h2o b', '[H₂O] and <[b]>'],
    ['nothing', 'else', 'nothing'],
    ['', 'a', ''],
  ])('in %j by %j is %j', (text, search, expected) => {
    expect(marked(text, search)).toBe(expected);
  });

  it('in names is the name and no inflection of it', () => {
    expect(marked('Ann Manning', 'author:man', 'folded')).toBe('Ann Manning');
    expect(marked('Ann Manning', 'author:manning', 'folded')).toBe('Ann [Manning]');
  });

  it('in names does not reach from one into the next, as no search does', () => {
    const names = 'Ada Lovelace, Byron King … Mary King (5 authors)';
    expect(marked(names, 'author:"lovelace byron"', 'folded')).toBe(names);
    expect(marked(names, 'author:"king mary"', 'folded')).toBe(names);
    expect(marked(names, 'author:"byron king"', 'folded')).toBe(
      'Ada Lovelace, [Byron King] … Mary King (5 authors)',
    );
  });

  it('is looked for in thousands of names at once', () => {
    const names = Array.from({ length: 3_000 }, (_, at) => `Ada Author ${at}`);
    const many = terms(Array.from({ length: 32 }, (_, at) => `word${at}`).join(' OR '));
    expect(textsWithHit(names, [...many, ...terms('2999')], 'folded')).toEqual(['Ada Author 2999']);
  });

  it('leaves the text as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (text, search) => {
          const parts = markedParts(text, terms(`${search} ${text.slice(3, 9)}`));
          expect(parts.map((part) => part.text).join('')).toBe(text);
          expect(parts.every((part) => part.text !== '')).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is in the passage that is shown', () => {
    const long = `${'First things first. '.repeat(40)}Here is the whale. ${'And so on. '.repeat(40)}`;
    const shown = passage(long, terms('whale'), 300);
    expect(shown).toMatch(/^… .*whale/);
    expect(shown.length).toBeLessThanOrEqual(302);
    expect(passage(long, terms('first'), 300)).toMatch(/^First things/);
    expect(passage('Short.', terms('whale'), 300)).toBe('Short.');
    expect(passage(`${'x'.repeat(500)} whale`, terms('whale'), 300)).toBe('… whale');
  });
});
