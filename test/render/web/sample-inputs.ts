import type { Pick } from '../../../src/domain/edition.ts';
import type { Signal, SignalKind } from '../../../src/domain/signal.ts';
import type { TrendingEntry, View } from '../../../src/domain/view.ts';
import type { PageInputs } from '../../../src/render/web/pages.ts';
import { paper, pick, rehearsal, today } from './sample-site.ts';

/** What the sample site shows beside its editions. Papers and people are invented. */

const swarm = paper(
  '2611.04404',
  'Eleven Drones, One Broom: Sweeping as a Group',
  'A group of small drones sweeps a hall faster than one large one when each may refuse. We say when refusing helps.',
  { categories: ['cs.RO'], counts: { upvotes: 31 } },
);

function view(
  kind: View['kind'],
  period: string,
  days: readonly [string, string],
  madeAt: string,
  picks: readonly Pick[],
): View {
  return {
    kind,
    period,
    fromDate: days[0],
    toDate: days[1],
    madeAt: Date.parse(madeAt),
    papers: 96,
    picks: picks.map((one, index) => ({ ...one, rank: index + 1 })),
  };
}

const [best, second] = today.sections.flatMap((section) => section.picks);
if (!best || !second) throw new Error('the sample has two picks');
const risen = pick(swarm, 'robotics', 1, 52, '31 votes, +12 in 24 h, 2 usual', {
  score: {
    ...best.score,
    value: 52,
    rise: { signal: 'upvotes', gained: 12, hours: 24, usual: 2.2, pace: 52 },
    standing: { topic: 'robotics', percentile: 0.97, of: 112 },
  },
});

/** A week that is over and one that is not, a month, what is trending with a paper that no edition picked. */
export const views: readonly View[] = [
  view('week', '2026-W47', ['2026-11-16', '2026-11-22'], '2026-11-24T02:30:00Z', [second]),
  view('week', '2026-W48', ['2026-11-23', '2026-11-29'], '2026-11-24T02:30:00Z', [best, second, risen]),
  view('month', '2026-11', ['2026-11-01', '2026-11-30'], '2026-11-24T02:30:00Z', [best, risen]),
  view('trending', '2026-11-24', ['2026-11-11', '2026-11-24'], '2026-11-24T02:30:00Z', [risen, best]),
];

/** The two that trend, and one that did before and stands nowhere else. */
export const trending: readonly TrendingEntry[] = [
  { pick: risen, enteredAt: Date.parse('2026-11-24T02:30:00Z'), editionDate: '2026-11-24' },
  { pick: best, enteredAt: Date.parse('2026-11-24T02:30:00Z'), editionDate: '2026-11-24' },
  {
    pick: pick(
      paper('2611.03303', 'Bread That Remembers', 'Sourdough keeps state.', { counts: { upvotes: 12 } }),
      'outside',
      3,
      20,
      '12 votes',
    ),
    enteredAt: Date.parse('2026-11-10T02:30:00Z'),
    editionDate: '2026-11-10',
  },
];

function counts(kind: SignalKind, values: readonly (readonly [string, number])[]): readonly Signal[] {
  return values.map(([at, value]) => ({
    paperId: rehearsal.id,
    kind,
    source: 'hf-daily-papers',
    countedAt: Date.parse(at),
    value,
  }));
}

/** What feeds and pages show beside the editions. */
export const inputs: PageInputs = {
  views,
  trending,
  histories: new Map([
    [
      rehearsal.id,
      [
        ...counts('upvotes', [
          ['2026-11-20T18:00:00Z', 4],
          ['2026-11-21T02:00:00Z', 26],
          ['2026-11-23T02:00:00Z', 50],
          ['2026-11-24T02:10:00Z', 88],
        ]),
        ...counts('stars', [
          ['2026-11-21T02:00:00Z', 1190],
          ['2026-11-24T02:10:00Z', 1234],
        ]),
        ...counts('comments', [['2026-11-21T02:00:00Z', 12]]),
      ],
    ],
  ]),
};
