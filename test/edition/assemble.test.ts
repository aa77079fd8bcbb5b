import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/domain/digest.ts';
import { editionFor, editionPicks } from '../../src/domain/edition.ts';
import { assembleEdition, hasNews, type EditionMaterial } from '../../src/edition/assemble.ts';
import { authors, now, paper, topic, unvoted, voted } from '../rank/candidates.ts';

const digest: Digest = {
  key: 'daily',
  name: 'The Daily',
  description: 'Every day.',
  schedule: '30 2 * * *',
  zone: 'Etc/UTC',
  topics: ['beta', 'alpha'],
  picksPerTopic: 2,
  picksOutside: 1,
  alsoNew: 3,
  windowDays: 7,
  mode: 'final',
  waitMinutes: 60,
  maxLatenessHours: 6,
};

const titled = (number: number, title: string, votes: number) => voted(paper(number, { title }), votes);

const candidates = [
  titled(1, 'On alpha', 40),
  titled(2, 'On alpha again', 30),
  titled(3, 'Alpha and more alpha', 20),
  titled(4, 'On beta', 10),
  titled(5, 'On beta and alpha', 9),
  titled(6, 'On nothing', 8),
  titled(7, 'On gamma', 7),
  unvoted(paper(8, { title: 'An unseen alpha' })),
  { ...titled(9, 'An old alpha', 2), isNew: false },
];

function material(change: Partial<EditionMaterial> = {}): EditionMaterial {
  return {
    digest,
    topics: [topic('alpha'), topic('beta'), topic('gamma')],
    editionDate: '2026-11-18',
    number: 3,
    now,
    candidates,
    updated: [],
    revisedPapers: 0,
    sources: [],
    ...change,
  };
}

describe('an edition', () => {
  it('has the sections of the digest in its order, best first, and what is outside apart', () => {
    const { edition } = assembleEdition(material());
    const shown = edition.sections.map(({ topic: key, picks }) => [
      key,
      picks.map((pick) => pick.paper.title),
    ]);
    expect(shown).toEqual([
      ['beta', ['On beta', 'On beta and alpha']],
      ['alpha', ['On alpha', 'On alpha again']],
    ]);
    expect(edition.outside.map((pick) => pick.paper.title)).toEqual(['On nothing']);
    expect(edition.topics.map(({ key }) => key)).toEqual(['beta', 'alpha']);
  });

  it('names new papers of its topics that were not picked by their titles, best first', () => {
    const { edition } = assembleEdition(material());
    expect(edition.alsoNew.map((one) => one.title)).toEqual(['Alpha and more alpha', 'An unseen alpha']);
  });

  it('counts the new papers by the topics of the digest they belong to', () => {
    const { coverage } = assembleEdition(material()).edition;
    expect(coverage.newPapers).toBe(8);
    expect(coverage.newByTopics).toEqual([
      { topics: ['alpha'], count: 4 },
      { topics: ['beta'], count: 1 },
      { topics: ['beta', 'alpha'], count: 1 },
    ]);
  });

  it('keeps the first names of a long author list and the last', () => {
    const many = voted(paper(1, { title: 'On alpha', authors: authors(3303) }), 10);
    const [pick] = editionPicks(assembleEdition(material({ candidates: [many] })).edition);
    expect(pick?.paper.authorCount).toBe(3303);
    expect(pick?.paper.authors).toHaveLength(13);
    expect(pick?.paper.authors.at(-1)?.name).toBe('Author 3302');
  });

  it('has news only when something new came and something is worth a pick', () => {
    const newsOf = (list: EditionMaterial['candidates']) =>
      hasNews(assembleEdition(material({ candidates: list })).edition);
    expect(newsOf(candidates)).toBe(true);
    expect(newsOf([])).toBe(false);
    expect(newsOf(candidates.map((one) => ({ ...one, isNew: false })))).toBe(false);
    expect(
      newsOf([titled(1, 'On alpha', 0)].map((one) => ({ ...one, listedAt: now - 72 * 3_600_000 }))),
    ).toBe(false);
  });

  it('is the same to the byte for the same material in any order', () => {
    const expected = JSON.stringify(assembleEdition(material()).edition);
    fc.assert(
      fc.property(fc.shuffledSubarray(candidates, { minLength: candidates.length }), (shuffled) => {
        expect(JSON.stringify(assembleEdition(material({ candidates: shuffled })).edition)).toBe(expected);
      }),
    );
  });

  it('says where each pick stands among the recent papers of its topic, those picked before among them', () => {
    const taken = Array.from({ length: 17 }, (_, place) => ({
      ...titled(100 + place, 'An older alpha', 50 + place),
      isNew: false,
      isTaken: true,
    }));
    const { edition, ranked } = assembleEdition(material({ candidates: [...candidates, ...taken] }));
    const alpha = editionPicks(edition).find((pick) => pick.paper.title === 'On alpha');
    // 23 papers are in alpha: 17 taken ones are better, and five are not.
    expect(alpha?.score.standing).toEqual({ topic: 'alpha', percentile: 5 / 23, of: 23 });
    expect(alpha?.why).toContain('21st percentile in alpha');
    expect(ranked.some(({ candidate }) => candidate.isTaken)).toBe(false);
    expect(editionPicks(edition).map((pick) => pick.paper.title)).not.toContain('An older alpha');
    const few = assembleEdition(material()).edition;
    expect(editionPicks(few).map((pick) => pick.score.standing)).toEqual(
      editionPicks(few).map(() => undefined),
    );
  });

  it('survives being stored as JSON', () => {
    const { edition } = assembleEdition(material());
    expect(JSON.parse(JSON.stringify(edition))).toEqual(edition);
  });

  it('tells which earlier pick a paper goes on from', () => {
    const abstract =
      'Kettles that whistle learn to sing in a choir of copper, brass, enamel, porcelain and tin vessels, ' +
      'with rhythm, melody, harmony, counterpoint, timbre, tempo, breath, vibrato, cadence and rubato.';
    const sequel = voted(paper(1, { title: 'Singing kettles II: alpha', abstract }), 40);
    const other = voted(paper(2, { title: 'On alpha', abstract: 'Something else entirely.' }), 30);
    const earlierPicks = [{ id: 'arxiv:2601.00001', title: 'Singing kettles', abstract }];
    const { edition } = assembleEdition(material({ candidates: [sequel, other], earlierPicks }));
    const [first, second] = editionPicks(edition);
    expect(first?.why).toContain('follow-up of “Singing kettles”');
    expect(second?.why).not.toContain('follow-up');
  });

  it('that is early has what rose since the last one in a section of its own', () => {
    const yesterday = { ...titled(10, 'A late alpha', 90), isNew: false };
    const { edition } = assembleEdition(
      material({ digest: { ...digest, mode: 'early' }, candidates: [...candidates, yesterday] }),
    );
    const shown = edition.sections.map(({ name, picks }) => [name, picks.map((pick) => pick.paper.title)]);
    expect(shown.at(-1)).toEqual(['Late risers', ['A late alpha', 'An old alpha']]);
    expect(shown.slice(0, -1).flat(2)).not.toContain('A late alpha');
    const [pick] = editionPicks(edition);
    expect(pick).toMatchObject({ topic: 'late-risers', alsoIn: ['alpha'], rank: 1 });
    const reader = editionFor(edition, ['alpha']);
    expect(reader.sections.map((section) => section.topic)).toEqual(['alpha']);
    expect(reader.sections[0]?.picks[0]?.paper.title).toBe('A late alpha');
  });
});
