import { describe, expect, it } from 'vitest';
import { hasWord, isWished, wishEffect } from '../../src/domain/wish.ts';
import { noFollows } from '../../src/domain/subscriber.ts';
import { edition } from '../deliver/ledger.ts';
import { samplePaper, samplePick } from '../render/edition-sample.ts';

const paper = {
  ...samplePaper('00001'),
  title: 'Répéter the tool use of agents',
  authors: [{ name: 'Zoë O’Example', affiliation: 'Dept of Papers, Example Institute' }],
};

describe('a wish', () => {
  it.each([
    ['an author in another spelling', { authors: ["zoe o'example"] }, true],
    ['a part of a name', { authors: ['Zoe'] }, false],
    ['a lab between commas', { labs: ['example institute'] }, true],
    ['a phrase of whole words', { words: ['Repeter', 'TOOL-USE'] }, true],
    ['a part of a word', { words: ['tool us'] }, false],
    ['a name without a letter', { authors: ['…'], labs: ['-'], words: ['!'] }, false],
  ])('by %s', (_what, follows, is) => expect(isWished(paper, { ...noFollows, ...follows })).toBe(is));

  it('mutes by whole words', () => {
    expect(hasWord(paper, ['agent'])).toBe(false);
    expect(hasWord(paper, ['agent', 'agents'])).toBe(true);
  });

  it('reads each name once, however many papers there are', () => {
    let reads = 0;
    const names = (): readonly string[] =>
      new Proxy(['Nobody Known'], {
        get: (list, key, proxy): unknown => {
          if (key === '0') reads += 1;
          return Reflect.get(list, key, proxy);
        },
      });
    const picks = Array.from({ length: 40 }, (_, at) =>
      samplePick(at + 1, 'agents', samplePaper(`0002${at}`)),
    );
    const issue = { ...edition, sections: [{ topic: 'agents', name: 'Agents', picks }] };
    const wish = { follows: { authors: names(), labs: names(), words: names() }, muted: names() };
    wishEffect(issue, undefined, wish);
    expect(reads).toBe(4);
  });
});
