import type { Signal, SignalKind } from '../../domain/signal.ts';
import type { Instant } from '../../domain/time.ts';
import { stepChart, type ChartMark, type ChartPoint } from './chart.ts';
import { counted, timeView, type TimeView } from './prose.ts';

/** What was counted of a paper, kind by kind, as a plot and as a table. */
export interface SignalView {
  readonly kind: SignalKind;
  readonly name: string;
  /** The last count. */
  readonly now: string;
  readonly svg: string;
  /** Oldest first. */
  readonly rows: readonly { readonly at: TimeView; readonly value: number }[];
}

const signalNames: readonly (readonly [SignalKind, string, string])[] = [
  ['upvotes', 'Votes', 'vote'],
  ['comments', 'Comments', 'comment'],
  ['stars', 'Stars', 'star'],
  ['citations', 'Citations', 'citation'],
];

/** A table says the course in at most so many rows. */
const mostRows = 24;

/**
 * The kinds whose count changed, each at the source whose last count is the largest (several sources count the same
 * people). `marks` are the editions that picked it.
 */
export function signalViews(
  signals: readonly Signal[],
  zone: string,
  marks: readonly ChartMark[],
): readonly SignalView[] {
  return signalNames.flatMap(([kind, name, one]) => {
    const points = leadingCounts(signals, kind);
    const [first] = points;
    const last = points.at(-1);
    if (!first || !last || new Set(points.map((point) => point.value)).size < 2) return [];
    const label = `${name}: ${first.value} on ${timeView(first.at, zone).text}, ${last.value} on ${timeView(last.at, zone).text}.`;
    return [
      {
        kind,
        name,
        now: counted(last.value, one),
        svg: stepChart(label, points, marks),
        rows: thinned(points).map((point) => ({ at: timeView(point.at, zone), value: point.value })),
      },
    ];
  });
}

/** The last count of each kind and when it was made: of the signals, else as the edition froze it. */
export function latestSignals(
  frozen: Readonly<Partial<Record<SignalKind, number>>>,
  frozenAt: Instant,
  signals: readonly Signal[],
): { readonly counts: readonly { readonly name: string; readonly value: number }[]; readonly at: Instant } {
  let at = frozenAt;
  const counts = signalNames.flatMap(([kind, name]) => {
    const last = leadingCounts(signals, kind).at(-1);
    if (last && last.at > frozenAt) {
      at = Math.max(at, last.at);
      return [{ name, value: last.value }];
    }
    const value = frozen[kind];
    return value === undefined ? [] : [{ name, value }];
  });
  return { counts, at };
}

function leadingCounts(signals: readonly Signal[], kind: SignalKind): readonly ChartPoint[] {
  const ofKind = signals
    .filter((signal) => signal.kind === kind)
    .toSorted((a, b) => a.countedAt - b.countedAt || a.value - b.value);
  const [leading] = [...Map.groupBy(ofKind, (signal) => signal.source)].toSorted(
    ([a, aCounts], [b, bCounts]) =>
      (bCounts.at(-1)?.value ?? 0) - (aCounts.at(-1)?.value ?? 0) || (a < b ? -1 : 1),
  );
  return (leading?.[1] ?? []).map(({ countedAt, value }) => ({ at: countedAt, value }));
}

/** Evenly chosen ones, the first and the last among them. */
function thinned(points: readonly ChartPoint[]): readonly ChartPoint[] {
  if (points.length <= mostRows) return points;
  const step = (points.length - 1) / (mostRows - 1);
  return Array.from({ length: mostRows }, (_, index) => points[Math.round(index * step)]).flatMap(
    (point) => point ?? [],
  );
}
