/**
 * Every line of at most `width` columns where it can break: at a space, or between two Chinese or Japanese signs, which
 * are two columns wide; a word that is longer (an address) stands whole on its line. Continuation lines keep the indent
 * of their line. Runs of empty lines become one, at the start none; the text ends with one line feed.
 */
export function wrapText(text: string, width = 72): string {
  const lines = text.split('\n').flatMap((line) => wrapLine(line, width));
  return `${lines
    .join('\n')
    .replace(/^\n+/, '')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function wrapLine(line: string, width: number): readonly string[] {
  const indent = ' '.repeat(line.length - line.trimStart().length);
  const wrapped: string[] = [];
  let current = '';
  let used = 0;
  for (const word of line.split(' ')) {
    if (word === '') continue;
    for (const [index, piece] of piecesOf(word).entries()) {
      const space = index === 0 && current !== '' ? ' ' : '';
      const columns = columnsOf(piece);
      if (current !== '' && indent.length + used + space.length + columns > width) {
        wrapped.push(indent + current);
        current = piece;
        used = columns;
      } else {
        current += space + piece;
        used += space.length + columns;
      }
    }
  }
  return [...wrapped, current === '' ? '' : indent + current];
}

const hasWide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF01-\uFF60]/u;

/** A sign with what may not begin a line after it (UAX #14, classes CL, EX and NS), or a run of anything else. */
const piece =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][、。，．：；！？」』）】》〉ー々]*|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]).)+/gsu;

function piecesOf(word: string): readonly string[] {
  return hasWide.test(word) ? (word.match(piece) ?? [word]) : [word];
}

/** Columns in a fixed-width font (UAX #11): none for a mark over the letter before it, two for a wide sign. */
function columnsOf(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  let columns = 0;
  for (const sign of text) columns += /\p{M}/u.test(sign) ? 0 : hasWide.test(sign) ? 2 : 1;
  return columns;
}
