import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { learnedModel } from '../../src/rank/learned-model.ts';
import { decodeVotePrior, encodeVotePrior } from '../../src/rank/vote-prior-text.ts';
import { fitVotePrior, priorVotes } from '../../src/rank/vote-prior.ts';
import { now, paper } from './candidates.ts';

const lessons = Array.from({ length: 40 }, (_, at) => ({
  paper: paper(at + 1, { title: at % 2 === 0 ? 'Kettles that sing' : 'Teapots that stand' }),
  listedAt: now,
  votes: at % 2 === 0 ? 40 : 2,
}));

describe('a learned prior as text', () => {
  it.each(['text', 'static', 'both'] as const)('comes back as it was: %s', (use) => {
    const prior = fitVotePrior(lessons, use);
    const text = encodeVotePrior(prior);
    const back = decodeVotePrior(text);
    expect(encodeVotePrior(back)).toBe(text);
    const subject = paper(99, { title: 'More kettles' });
    expect(priorVotes(subject, now, back)).toEqual(priorVotes(subject, now, prior));
  });

  it.each([
    ['another version', (text: string) => text.replace('"version":1', '"version":2')],
    ['a text that is cut off', (text: string) => text.slice(0, -10)],
    ['fewer signals than there are', (text: string) => text.replace(/"sides":\[[^,]+,/, '"sides":[')],
    ['fewer words than there are', (text: string) => text.replace(/"words":"[\w+/]{16}/, '"words":"')],
  ])('is refused by name: %s', (_, broken) => {
    const text = encodeVotePrior(fitVotePrior(lessons, 'both'));
    expect(broken(text)).not.toBe(text);
    expect(() => decodeVotePrior(broken(text))).toThrow(StoreError);
    expect(() => decodeVotePrior(broken(text))).toThrow('broadsheet learn');
  });
});

describe('scores that rest on a learned prior', () => {
  it('expect what the prior expects, with the share of the words known or not', () => {
    const prior = fitVotePrior(lessons, 'both');
    const model = learnedModel(prior);
    const subject = paper(99, { title: 'More kettles that sing' });
    const { value } = priorVotes(subject, now, prior);
    expect(model.expectedVotes(subject, now)).toBeCloseTo(value, 9);
    expect(model.expectedVotes(subject, now, model.wordShare?.(subject))).toBeCloseTo(value, 9);
  });
});
