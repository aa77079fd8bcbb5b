import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { findFollowUps } from '../../src/rank/follow-up.ts';
import { dot, textVectors } from '../../src/rank/text-vectors.ts';
import { paperText } from '../../src/rank/words.ts';

/** Invented words, the same for the same number. */
function words(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `word${from + at}`);
}

function paper(id: string, ...parts: readonly (readonly string[])[]) {
  const all = parts.flat();
  return { id: `arxiv:${id}`, title: all.slice(0, 4).join(' '), abstract: all.slice(4).join(' ') };
}

/** Others, so that words have a usual frequency. */
const crowd = Array.from({ length: 40 }, (_, at) => paper(`2501.${at}`, words(1000 + at * 10, 60)));

describe('a follow-up', () => {
  const first = paper('2502.1', words(1, 60));
  const sequel = paper('2511.2', words(1, 45), words(2000, 15));

  it('is found among earlier papers by most of its words', () => {
    const found = findFollowUps([sequel], [...crowd, first]);
    expect([...found.keys()]).toEqual([sequel.id]);
    expect(found.get(sequel.id)).toMatchObject({ of: first.id, isPossibleDuplicate: false });
    expect(found.get(sequel.id)?.cosine).toBeGreaterThan(0.45);
  });

  it('names the nearest of several, and of equal ones the lowest id', () => {
    const nearer = paper('2505.3', words(1, 50), words(3000, 10));
    const twin = { ...nearer, id: 'arxiv:2505.4' };
    const found = findFollowUps([sequel], [first, twin, nearer, ...crowd]);
    expect(found.get(sequel.id)?.of).toBe(nearer.id);
  });

  it('is the later of two papers of one day, and no paper is its own', () => {
    const other = paper('2511.3', words(1, 45), words(4000, 15));
    expect([...findFollowUps([other, sequel], crowd)]).toMatchObject([[other.id, { of: sequel.id }]]);
    expect(findFollowUps([sequel], [...crowd, sequel]).size).toBe(0);
  });

  it('may be a duplicate where the texts are the same under another id', () => {
    const again = { ...first, id: 'doi:10.1234/again' };
    expect(findFollowUps([again], [...crowd, first]).get(again.id)).toMatchObject({
      of: first.id,
      isPossibleDuplicate: true,
    });
  });

  it('is never told from a title alone, from no text, or in another script without company', () => {
    const bare = { id: 'arxiv:2511.9', title: 'Correction', abstract: '' };
    const same = { ...bare, id: 'arxiv:2501.9' };
    const empty = { id: 'arxiv:2511.8', title: '', abstract: '' };
    const other = { id: 'arxiv:2511.7', title: 'О графах', abstract: 'Мы изучаем графы и деревья.' };
    expect(findFollowUps([bare, empty, other], [same, ...crowd]).size).toBe(0);
    expect(findFollowUps([], []).size).toBe(0);
  });
});

const texts = fc.array(
  fc.record({
    id: fc.integer({ min: 1, max: 99 }).map((at) => `arxiv:2511.${String(at).padStart(2, '0')}`),
    from: fc.integer({ min: 0, max: 60 }),
    common: fc.boolean(),
  }),
  { minLength: 2, maxLength: 25 },
);

test('the index finds what comparing each with each finds, in whatever order the papers come', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 8 }), (drawn, freshCount) => {
      const all = [
        ...new Map(
          drawn.map(({ id, from, common }) => [
            id,
            {
              id,
              title: 'of the and',
              abstract: [...words(from, 40), ...(common ? words(500, 20) : [])].join(' '),
            },
          ]),
        ).values(),
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const [earlier, fresh] = [all.slice(0, -freshCount), all.slice(-freshCount)];
      const { vectors } = textVectors(all.map(paperText));
      const expected = fresh.flatMap(({ id }) => {
        const place = all.findIndex((one) => one.id === id);
        const own = vectors[place];
        const near = all
          .slice(0, place)
          .map((other, at) => ({ of: other.id, cosine: own && vectors[at] ? dot(own, vectors[at]) : 0 }))
          .filter((other, at) => other.cosine >= 0.45 && (vectors[at]?.indices.length ?? 0) >= 20)
          .toSorted((a, b) => b.cosine - a.cosine || (a.of < b.of ? -1 : 1))[0];
        return near && (own?.indices.length ?? 0) >= 20 ? [[id, near]] : [];
      });
      const found = findFollowUps(fresh, earlier);
      expect([...found].map(([id, { of, cosine }]) => [id, { of, cosine }])).toEqual(expected);
      expect(findFollowUps(fresh.toReversed(), earlier.toReversed())).toEqual(found);
    }),
  );
});
