import { scaleBand, scaleLinear, scaleTime } from 'd3-scale';
import { curveStepAfter, line } from 'd3-shape';
import { hourMs, shortDate, calendarDate, type Instant } from '../../domain/time.ts';
import { compactCount, escapeHtml } from '../text.ts';

/*
 * Charts as SVG inside HTML. Scales, ticks and paths are D3's; colours and sizes of type come from the page's style
 * sheet by class, since the page's policy allows no inline style. A chart is one picture to a screen reader, named by
 * its label; whoever shows one shows its numbers as a table too.
 */

const width = 400;
const left = 34;
const right = 8;
const top = 10;
const bottom = 20;

export interface ChartColumn {
  /** Below the column; empty for none. */
  readonly label: string;
  /** Shown when pointed at. */
  readonly title: string;
  readonly value: number;
}

/** Columns from zero, evenly spaced, in the order given. */
export function columnChart(label: string, columns: readonly ChartColumn[], height = 130): string {
  const x = scaleBand<number>(columns.keys(), [left, width - right]).paddingInner(0.25);
  const y = countScale(
    columns.map((column) => column.value),
    height,
  );
  const body = columns.map((column, index) => {
    const at = x(index) ?? 0;
    const mid = at + x.bandwidth() / 2;
    return (
      `<rect class="column" x="${fixed(at)}" y="${fixed(y.scale(column.value))}" width="${fixed(x.bandwidth())}" ` +
      `height="${fixed(y.scale(0) - y.scale(column.value))}"><title>${escapeHtml(column.title)}</title></rect>` +
      (column.label === '' ? '' : text(mid, height - 5, 'middle', column.label))
    );
  });
  return picture(label, height, y.grid + body.join(''));
}

export interface ChartPoint {
  readonly at: Instant;
  readonly value: number;
}

export interface ChartMark {
  readonly at: Instant;
  readonly title: string;
}

/**
 * A count over time: each value holds until the next one, since a count that is as before is not stored. `marks` are
 * upright lines. The chart ends a little after the last of both; a mark before the first point is left out. At least
 * one point.
 */
export function stepChart(
  label: string,
  points: readonly ChartPoint[],
  marks: readonly ChartMark[],
  height = 110,
): string {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return '';
  const lastAt = Math.max(last.at, first.at + hourMs, ...marks.map((mark) => mark.at));
  // So that the last step is seen as one.
  const end = Math.round(lastAt + (lastAt - first.at) / 25);
  const x = scaleTime([first.at, end], [left, width - right]);
  const y = countScale(
    points.map((point) => point.value),
    height,
  );
  const path = line<ChartPoint>(
    (point) => x(point.at),
    (point) => y.scale(point.value),
  )
    .digits(1)
    .curve(curveStepAfter)([...points, { at: end, value: last.value }]);
  const upright = marks
    .filter((mark) => mark.at >= first.at)
    .map(
      (mark) =>
        `<line class="mark" x1="${fixed(x(mark.at))}" x2="${fixed(x(mark.at))}" y1="${top}" y2="${height - bottom}">` +
        `<title>${escapeHtml(mark.title)}</title></line>`,
    );
  const dates =
    text(left, height - 5, 'start', day(first.at)) +
    (day(lastAt) === day(first.at) ? '' : text(width - right, height - 5, 'end', day(lastAt)));
  return picture(label, height, `${y.grid}${upright.join('')}<path class="line" d="${path ?? ''}"/>${dates}`);
}

/** Counts from zero to the largest, with two or three lines at round numbers. */
function countScale(
  values: readonly number[],
  height: number,
): { readonly scale: (value: number) => number; readonly grid: string } {
  const scale = scaleLinear([0, Math.max(1, ...values)], [height - bottom, top]).nice(2);
  const grid = scale
    .ticks(2)
    .filter((tick) => Number.isInteger(tick))
    .map((tick) => {
      const at = fixed(scale(tick));
      return (
        `<line class="grid" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/>` +
        text(left - 5, scale(tick) + 4, 'end', compactCount(tick))
      );
    });
  return { scale, grid: grid.join('') };
}

function picture(label: string, height: number, body: string): string {
  return `<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${body}</svg>`;
}

function text(x: number, y: number, anchor: 'start' | 'middle' | 'end', value: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${escapeHtml(value)}</text>`;
}

/** In UTC, whatever the machine's zone. */
function day(at: Instant): string {
  return shortDate(calendarDate(at, 'UTC'));
}

/** One decimal: enough for the eye, and the same digits on every machine. */
function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A row of small columns without axes, for a list: only the shape. */
export function sparkline(label: string, values: readonly number[]): string {
  const [long, high] = [120, 28];
  const x = scaleBand<number>(values.keys(), [0, long]).paddingInner(0.3);
  const y = scaleLinear([0, Math.max(1, ...values)], [0, high]);
  const columns = values.map((value, index) => {
    const tall = Math.max(1, y(value));
    return `<rect class="column" x="${fixed(x(index) ?? 0)}" y="${fixed(high - tall)}" width="${fixed(x.bandwidth())}" height="${fixed(tall)}"/>`;
  });
  return `<svg class="sparkline" viewBox="0 0 ${long} ${high}" role="img" aria-label="${escapeHtml(label)}">${columns.join('')}</svg>`;
}
