import { describe, expect, it } from 'vitest';
import { suggestFromSeeds } from '../../src/rank/seeds.ts';

const text = (id: number, title: string, abstract: string) => ({ id: `arxiv:2511.${id}`, title, abstract });

const seeds = [
  text(1, 'Grasping with tactile hands', 'A tactile hand grasps soft fruit. The tactile hand is new.'),
  text(2, 'Soft fruit', 'We pick soft fruit with a tactile hand and a camera.'),
  text(3, 'Hands that feel', 'Robots pick fruit; a tactile-hand model is trained.'),
];
const pool = [
  text(11, 'A tactile hand for eggs', 'It picks eggs with a tactile hand, and soft fruit.'),
  text(12, 'A camera for fruit', 'Fruit is seen.'),
  text(13, 'Parsing of sentences', 'Sentences are parsed with a grammar.'),
  ...Array.from({ length: 30 }, (_, at) =>
    text(20 + at, `On the grammar of language ${at}`, 'We parse a language with a grammar and a model.'),
  ),
];
const suggest = (own = seeds, others = pool) =>
  suggestFromSeeds({ seeds: own, pool: others, paperCount: 3, phraseCount: 5 });

describe('seeds', () => {
  it('suggest the papers that are nearest to them, the nearest first', () => {
    const { papers } = suggest();
    expect(papers.map(({ id }) => id)).toEqual(['arxiv:2511.11', 'arxiv:2511.12']);
    expect(papers[0]?.nearness).toBeGreaterThan(papers[1]?.nearness ?? 1);
    expect(papers[0]?.nearness).toBeLessThanOrEqual(1);
  });

  it('tell the phrases they have oftener than others, whole, and with space and hyphen equal', () => {
    const { phrases } = suggest();
    expect(phrases[0]).toEqual({ phrase: 'tactile hand', seeds: 3, pool: 1 });
    expect(phrases.map(({ phrase }) => phrase)).toContain('soft fruit');
    expect(phrases.map(({ phrase }) => phrase)).not.toContain('hand');
    expect(phrases.map(({ phrase }) => phrase)).not.toContain('fruit the tactile');
  });

  it('do not suggest themselves, whatever the order', () => {
    const answer = suggest(seeds, [...seeds, ...pool]);
    expect(answer).toEqual(suggest());
    expect(suggest(seeds.toReversed(), pool.toReversed())).toEqual(answer);
  });

  it('that share nothing with the pool, and no seeds at all, suggest nothing', () => {
    expect(suggest([text(1, 'Графы', 'О деревьях и графах.')])).toEqual({ papers: [], phrases: [] });
    expect(suggest([])).toEqual({ papers: [], phrases: [] });
    expect(suggest(seeds, [])).toEqual({ papers: [], phrases: [] });
  });
});
