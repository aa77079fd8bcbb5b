/**
 * Every line of at most `width` characters where it has a space to break at; a word that is longer
 * (an address) stands whole on its line. Continuation lines keep the indent of their line. Runs of
 * empty lines become one, at the start none; the text ends with one line feed.
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
  const words = line.split(' ').filter((word) => word !== '');
  const indent = ' '.repeat(line.length - line.trimStart().length);
  const wrapped: string[] = [];
  let current = '';
  for (const word of words) {
    if (current !== '' && indent.length + current.length + 1 + word.length > width) {
      wrapped.push(indent + current);
      current = '';
    }
    current = current === '' ? word : `${current} ${word}`;
  }
  return [...wrapped, current === '' ? '' : indent + current];
}
