/** A row of a bar chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands behind the bar. */
  readonly note: string;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * Horizontal bars in so many columns of text; the longest fills what the labels and notes leave. In block characters
 * (Unicode 2580-258F) to an eighth of a column, or `plain` in number signs. A value above zero shows at least its trace.
 */
export function barChart(bars: readonly Bar[], columns: number, isPlain: boolean): readonly string[] {
  const labelWidth = Math.max(0, ...bars.map(({ label }) => label.length));
  const noteWidth = Math.max(0, ...bars.map(({ note }) => note.length));
  const room = Math.max(1, columns - labelWidth - noteWidth - 3);
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return bars.map(({ label, value, note }) => {
    const bar = isPlain ? plainBar(value, most, room) : blockBar(value, most, room);
    return `${label.padEnd(labelWidth)}  ${bar}${bar === '' ? '' : ' '}${note}`;
  });
}

function plainBar(value: number, most: number, room: number): string {
  return '#'.repeat(value === 0 ? 0 : Math.max(1, Math.round((value / most) * room)));
}

function blockBar(value: number, most: number, room: number): string {
  const parts = value === 0 ? 0 : Math.max(1, Math.round((value / most) * room * 8));
  return `${'█'.repeat(Math.floor(parts / 8))}${eighths[parts % 8] ?? ''}`;
}
