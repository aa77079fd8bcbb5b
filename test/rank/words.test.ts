import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf, fitWords, paperText, wordsOf, wordVector } from '../../src/rank/words.ts';

const length = (values: Float32Array): number => Math.hypot(...values);

describe('the words of a text', () => {
  test('are runs of two and more letters and digits of any script, in lower case', () => {
    expect(wordsOf('A 3D-World model: GPT_4’s Größe, 世界模型, मॉडल.')).toEqual([
      '3d',
      'world',
      'model',
      'gpt_4',
      'größe',
      '世界模型',
      'मॉडल',
    ]);
    expect(wordsOf('')).toEqual([]);
  });

  test('of a paper are those of its title twice and of its abstract', () => {
    expect(paperText({ title: 'On cats', abstract: 'Cats sleep.' })).toBe('On cats On cats Cats sleep.');
  });

  test('have the same buckets on every machine', () => {
    expect(['agents', 'größe', '世界模型'].map((word) => bucketOf(word, 16))).toEqual([4106, 48735, 1682]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 24 }), (word, bits) => {
        expect(bucketOf(word, bits)).toBeGreaterThanOrEqual(0);
        expect(bucketOf(word, bits)).toBeLessThan(2 ** bits);
      }),
    );
  });
});

describe('the vector of a text', () => {
  const model = fitWords(['cats sleep', 'cats eat', 'dogs eat']);

  test('gives rare words more weight, and repeated ones a little more', () => {
    const idf = (count: number): number => Math.log(4 / (1 + count)) + 1;
    expect(model.papers).toBe(3);
    expect(model.weights[bucketOf('cats', 16)]).toBeCloseTo(idf(2), 6);
    expect(model.weights[bucketOf('dogs', 16)]).toBeCloseTo(idf(1), 6);

    const { indices, values } = wordVector('Dogs, dogs and cats', model);
    const valueOf = (word: string): number => values[indices.indexOf(bucketOf(word, 16))] ?? 0;
    expect(valueOf('dogs') / valueOf('cats')).toBeCloseTo((1 + Math.log(2)) * (idf(1) / idf(2)), 5);
  });

  test('has ascending buckets and length 1, or no entry for a text without words', () => {
    expect(wordVector('! ?', model).indices).toHaveLength(0);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const { indices, values } = wordVector(`cats ${text}`, model);
        expect([...new Set(indices)].toSorted((a, b) => a - b)).toEqual([...indices]);
        expect(length(values)).toBeCloseTo(1, 5);
      }),
    );
  });

  test('does not depend on the order of the texts that the weights come from', () => {
    const texts = fc.array(fc.lorem({ maxCount: 8 }), { maxLength: 10 });
    fc.assert(
      fc.property(texts, (found) => {
        expect(fitWords(found.toReversed(), 8)).toEqual(fitWords(found, 8));
      }),
    );
  });
});
