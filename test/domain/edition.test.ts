import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coverageCounts,
  editionFor,
  editionPicks,
  leadOrder,
  type Edition,
} from '../../src/domain/edition.ts';
import { sampleEdition, samplePaper, samplePick } from '../render/edition-sample.ts';

const pick = (rank: number, topic: string, alsoIn: readonly string[]) =>
  samplePick(rank, topic, samplePaper(`0000${rank}`), { alsoIn });

const edition: Edition = {
  ...sampleEdition,
  topics: [
    { key: 'agents', name: 'Agents' },
    { key: 'retrieval', name: 'Retrieval' },
    { key: 'vision', name: 'Vision' },
  ],
  sections: [
    { topic: 'agents', name: 'Agents', picks: [pick(1, 'agents', ['retrieval']), pick(3, 'agents', [])] },
    { topic: 'retrieval', name: 'Retrieval', picks: [pick(2, 'retrieval', ['vision', 'agents'])] },
  ],
  outside: [pick(4, 'outside', ['elsewhere'])],
};

const shown = (topics: readonly string[]) =>
  editionFor(edition, topics).sections.map(({ topic, picks }) => [topic, picks.map((one) => one.rank)]);

describe('an edition for a reader of some topics', () => {
  it('holds the sections they chose, in the order of the digest', () => {
    expect(shown(['retrieval', 'agents'])).toEqual([
      ['agents', [1, 3]],
      ['retrieval', [2]],
    ]);
  });

  it('holds a paper of their topic that stands in a section they did not choose', () => {
    expect(shown(['retrieval'])).toEqual([['retrieval', [1, 2]]]);
    expect(shown(['vision'])).toEqual([['vision', [2]]]);
    expect(editionFor(edition, ['vision']).sections[0]?.picks[0]).toMatchObject({
      topic: 'vision',
      alsoIn: ['retrieval', 'agents'],
    });
  });

  it('leaves out sections without a paper for them, and keeps what is outside all topics', () => {
    expect(shown([])).toEqual([]);
    expect(editionFor(edition, []).outside).toEqual(edition.outside);
  });

  it('names only papers of their topics as updated', () => {
    const paper = { id: 'arxiv:2611.00009', title: 'T', url: 'https://example.org/', fields: [] };
    const updated = [
      { ...paper, topics: ['agents'] },
      { ...paper, id: 'arxiv:2611.00010', topics: ['vision'] },
    ];
    expect(editionFor({ ...edition, updated }, ['vision']).updated.map((one) => one.id)).toEqual([
      'arxiv:2611.00010',
    ]);
  });

  it('counts what it shows', () => {
    expect(coverageCounts(edition, ['vision'])).toMatchObject({ shown: 1, outside: 1 });
    expect(coverageCounts(edition)).toMatchObject({ shown: 3, outside: 1 });
  });

  it('shows every paper at most once, whatever they chose, and all of them to who chose all', () => {
    const keys = edition.topics.map((topic) => topic.key);
    fc.assert(
      fc.property(fc.subarray(keys), (topics) => {
        const ids = editionPicks(editionFor(edition, topics)).map((one) => one.paper.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
    expect(editionPicks(editionFor(edition, keys))).toEqual(editionPicks(edition));
  });
});

describe('the lead of an edition', () => {
  const sectionOf = (topic: string, ranks: readonly number[]) => ({
    topic,
    name: topic,
    picks: ranks.map((rank) => pick(rank, topic, [])),
  });
  const ranksOf = (sections: Edition['sections']) =>
    leadOrder({ ...edition, sections, outside: [] }).map(({ rank }) => rank);

  it('holds at most three of one section as long as there are others, best first', () => {
    const sections = [sectionOf('agents', [1, 2, 3, 4, 5, 6, 7]), sectionOf('vision', [8, 9, 10, 11, 12])];
    expect(ranksOf(sections)).toEqual([1, 2, 3, 8, 9, 10, 4, 5, 6, 7, 11, 12]);
  });

  it('is by rank where no section has more than its share, and where there is only one', () => {
    expect(ranksOf([sectionOf('agents', [1, 4]), sectionOf('vision', [2, 3])])).toEqual([1, 2, 3, 4]);
    expect(ranksOf([sectionOf('agents', [1, 2, 3, 4, 5])])).toEqual([1, 2, 3, 4, 5]);
  });

  it('takes every pick once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('agents', 'vision', 'robots'), { maxLength: 30 }), (topics) => {
        const all = topics.map((topic, place) => pick(place + 1, topic, []));
        const sections = ['agents', 'vision', 'robots'].map((topic) => ({
          topic,
          name: topic,
          picks: all.filter((one) => one.topic === topic),
        }));
        const order = ranksOf(sections);
        expect(order.toSorted((a, b) => a - b)).toEqual(all.map(({ rank }) => rank));
        expect(order[0]).toBe(all[0]?.rank);
      }),
    );
  });
});
