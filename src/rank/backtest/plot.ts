import type { Estimate } from './bootstrap.ts';
import type { EarlyTrending } from './early-trending.ts';
import type { Measures } from './metrics.ts';
import type { Table } from './table.ts';

const panels = [
  { measure: 'n5', title: 'nDCG@5' },
  { measure: 'd', title: "Somers' D" },
] as const satisfies readonly { readonly measure: keyof Measures; readonly title: string }[];

const labelWidth = 180;
const panelWidth = 300;
const gap = 40;
const rowHeight = 22;
const top = 64;
const width = labelWidth + panels.length * (panelWidth + gap);

/**
 * An SVG of the levels with their 95 % intervals, a row for each formula: over the days after the first 30 where there
 * are any, else over all. Undefined where no day was replayed.
 */
export function plot({ all, learned }: EarlyTrending): string | undefined {
  const table = learned ?? all;
  if (!table) return undefined;
  const height = top + table.rows.length * rowHeight + 44;
  const caption = `${table.days} days, ${table.firstDate} to ${table.lastDate}; mean and 95 % interval over days`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(caption)}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(caption)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="20">${escaped(caption)}</text>`,
    ...table.rows.map((row, place) => `<text x="8" y="${rowY(place) + 4}">${escaped(row.name)}</text>`),
    ...panels.flatMap((panel, place) => panelLines(table, panel, labelWidth + place * (panelWidth + gap))),
    '</svg>',
    '',
  ].join('\n');
}

function panelLines(table: Table, panel: (typeof panels)[number], left: number): readonly string[] {
  const levels = table.rows.map((row) => row.level[panel.measure]);
  const lowest = Math.min(...levels.map((level) => level.low));
  const highest = Math.max(...levels.map((level) => level.high));
  const span = highest - lowest || 1;
  const x = (value: number): string => (left + ((value - lowest) / span) * panelWidth).toFixed(1);
  const raw = table.rows.find((row) => !row.difference)?.level[panel.measure];
  const bottom = rowY(table.rows.length - 1) + rowHeight / 2;
  return [
    `<text x="${left}" y="${top - 20}" font-weight="bold">${escaped(panel.title)}</text>`,
    ...(raw ? [line(x(raw.mean), top - 10, x(raw.mean), bottom, '#bbb')] : []),
    ...levels.flatMap((level, place) => mark(level, rowY(place), x)),
    `<text x="${left}" y="${bottom + 18}">${lowest.toFixed(3)}</text>`,
    `<text x="${left + panelWidth}" y="${bottom + 18}" text-anchor="end">${highest.toFixed(3)}</text>`,
  ];
}

function mark(level: Estimate, y: number, x: (value: number) => string): readonly string[] {
  return [
    line(x(level.low), y, x(level.high), y, '#357'),
    `<circle cx="${x(level.mean)}" cy="${y}" r="3.5" fill="#135"/>`,
  ];
}

function line(x1: string, y1: number, x2: string, y2: number, colour: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="1.5"/>`;
}

function rowY(place: number): number {
  return top + place * rowHeight;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
