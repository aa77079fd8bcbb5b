/*
 * A cell that begins with one of these is a formula to a spreadsheet, which may run it when the file is opened (OWASP,
 * "CSV Injection"): a quotation mark before it makes it text. A cell with such marks already gets one more, so that
 * taking one away gives back what was there.
 */
const risky = /^'*[=+\-@\t\r]/;
const guarded = /^'+[=+\-@\t\r]/;

/** One record with its line end (RFC 4180 section 2), in which no cell is a formula. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/** The text of a cell that `csvLine` wrote. */
export function unguarded(cell: string): string {
  return guarded.test(cell) ? cell.slice(1) : cell;
}

function cellText(value: string): string {
  const safe = risky.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
