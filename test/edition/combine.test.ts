import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editionPicks, isMissing, type Edition, type SourceState } from '../../src/domain/edition.ts';
import { issueNumbers, spanTitle } from '../../src/domain/edition-span.ts';
import { addDays } from '../../src/domain/time.ts';
import { combineEditions } from '../../src/edition/combine.ts';
import { sampleEdition, samplePaper, samplePick } from '../render/edition-sample.ts';

const topicKeys = ['agents', 'retrieval', 'vision'];
const week = { fromDate: '2026-11-16', toDate: '2026-11-22' };

const source = fc.record({
  name: fc.constantFrom('A', 'B', 'C'),
  state: fc.constantFrom<SourceState['state']>('ok', 'quiet', 'partial', 'stale', 'failed'),
  added: fc.nat(9),
});

/** Some editions of a week, with papers that come in several of them. */
const editions: fc.Arbitrary<readonly Edition[]> = fc
  .array(
    fc.record({
      picks: fc.uniqueArray(
        fc.record({ id: fc.nat(20), place: fc.nat(3), score: fc.integer({ min: 0, max: 9 }) }),
        { maxLength: 9, selector: ({ id }) => id },
      ),
      titles: fc.uniqueArray(fc.nat(30), { maxLength: 6 }),
      sources: fc.uniqueArray(source, { maxLength: 3, selector: ({ name }) => name }),
      count: fc.nat(50),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((days) =>
    days.map(({ picks, titles, sources, count }, index): Edition => {
      const made = picks.map(({ id, place, score }, at) =>
        samplePick(
          at + 1,
          topicKeys[place] ?? 'outside',
          samplePaper(`${id}`, { title: `${id} on day ${index}` }),
          {
            score: { value: score, parts: [], ageHours: 1, shareIn: 1, missing: [] },
          },
        ),
      );
      return {
        ...sampleEdition,
        editionDate: addDays('2026-11-16', index),
        number: index + 11,
        sections: topicKeys
          .map((topic) => ({ topic, name: topic, picks: made.filter((pick) => pick.topic === topic) }))
          .filter((section) => section.picks.length > 0),
        outside: made.filter((pick) => pick.topic === 'outside'),
        updated: [],
        alsoNew: titles.map((id) => ({
          id: `arxiv:2611.${id}`,
          title: `${id}`,
          url: 'https://arxiv.example/',
          topics: ['agents'],
        })),
        coverage: {
          ...sampleEdition.coverage,
          newPapers: count,
          newByTopics: [{ topics: ['agents'], count }],
          sources,
        },
      };
    }),
  );

const most = (all: readonly Edition[], count: (edition: Edition) => number) => Math.max(...all.map(count));

describe('editions put together', () => {
  it('have each paper once as it stood last, the best by score, no part larger than of one edition', () => {
    fc.assert(
      fc.property(editions, (all) => {
        const one = combineEditions(all, week);
        const picks = editionPicks(one);
        expect(picks.map(({ rank }) => rank)).toEqual(picks.map((_, at) => at + 1));
        const scores = picks.map(({ score }) => score.value);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        const ids = [...picks.map(({ paper }) => paper.id), ...one.alsoNew.map(({ id }) => id)];
        expect(new Set(ids).size).toBe(ids.length);
        for (const pick of picks) {
          const latest = all.findLast((day) =>
            editionPicks(day).some(({ paper }) => paper.id === pick.paper.id),
          );
          expect(pick.paper.title).toMatch(new RegExp(` on day ${all.indexOf(latest ?? one)}$`));
        }
        for (const topic of topicKeys) {
          const size = (day: Edition) =>
            day.sections.find((section) => section.topic === topic)?.picks.length ?? 0;
          expect(size(one)).toBeLessThanOrEqual(Math.max(3, most(all, size)));
        }
        expect(one.outside.length).toBeLessThanOrEqual(most(all, ({ outside }) => outside.length));
        expect(one.alsoNew.length).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('leave out no paper that scores more than one of its section', () => {
    fc.assert(
      fc.property(editions, (all) => {
        const one = combineEditions(all, week);
        const latest = new Map(all.flatMap(editionPicks).map((pick) => [pick.paper.id, pick]));
        const shown = new Set(editionPicks(one).map(({ paper }) => paper.id));
        for (const { topic, picks } of one.sections) {
          const least = Math.min(...picks.map(({ score }) => score.value));
          const left = [...latest.values()].filter(
            (pick) => pick.topic === topic && !shown.has(pick.paper.id),
          );
          for (const pick of left) expect(pick.score.value).toBeLessThanOrEqual(least);
        }
      }),
    );
  });

  it('sum up what was counted, and name every missing source of every day', () => {
    fc.assert(
      fc.property(editions, (all) => {
        const { coverage, span } = combineEditions(all, week);
        const sum = all.reduce((total, day) => total + day.coverage.newPapers, 0);
        expect(coverage.newPapers).toBe(sum);
        expect(coverage.newByTopics).toEqual([{ topics: ['agents'], count: sum }]);
        const gaps = all.flatMap((day) =>
          day.coverage.sources.filter(isMissing).map(({ name }) => `${day.editionDate} ${name}`),
        );
        expect(span?.gaps.map((gap) => `${gap.editionDate} ${gap.source.name}`)).toEqual(gaps);
        for (const { name, added } of coverage.sources) {
          const own = all.flatMap((day) => day.coverage.sources).filter((one) => one.name === name);
          expect(added).toBe(own.reduce((total, one) => total + one.added, 0));
        }
      }),
    );
  });

  it('are the same in whatever order they come', () => {
    fc.assert(
      fc.property(
        editions.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(combineEditions(shuffled, week)).toEqual(combineEditions(all, week));
        },
      ),
    );
  });

  it('are refused when there are none', () => {
    expect(() => combineEditions([], week)).toThrow(RangeError);
  });
});

describe('the title of what several editions cover', () => {
  const titled = (dates: readonly string[], covers: { fromDate: string; toDate: string }) => {
    const { span } = combineEditions(
      dates.map((editionDate, index) => ({ ...sampleEdition, editionDate, number: index + 3 })),
      covers,
    );
    return span && spanTitle(span);
  };

  it.each([
    ['Week of 16 to 20 November 2026', ['2026-11-16', '2026-11-20'], week],
    ['Week of 18 November 2026', ['2026-11-18'], week],
    [
      'Week of 30 November to 4 December 2026',
      ['2026-11-30', '2026-12-04'],
      { fromDate: '2026-11-30', toDate: '2026-12-06' },
    ],
    [
      'Week of 28 December 2026 to 1 January 2027',
      ['2026-12-28', '2027-01-01'],
      { fromDate: '2026-12-28', toDate: '2027-01-03' },
    ],
    ['November 2026', ['2026-11-03', '2026-11-27'], { fromDate: '2026-11-01', toDate: '2026-11-30' }],
    [
      '19 to 20 November 2026',
      ['2026-11-19', '2026-11-20'],
      { fromDate: '2026-11-19', toDate: '2026-11-20' },
    ],
  ] as const)('is %s', (title, dates, covers) => expect(titled(dates, covers)).toBe(title));

  it('goes with the numbers of its editions', () => {
    const some = [3, 4, 5].map((number) => ({ ...sampleEdition, number }));
    expect(issueNumbers(combineEditions(some, week))).toBe('Nos. 3 to 5');
    expect(issueNumbers(combineEditions(some.slice(0, 1), week))).toBe('No. 3');
    expect(issueNumbers(sampleEdition)).toBe(`No. ${sampleEdition.number}`);
  });
});
