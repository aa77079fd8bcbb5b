/** Combining characters that follow the letter they stand on. */
const accents: ReadonlyMap<string, string> = new Map([
  ['`', '\u0300'],
  ["'", '\u0301'],
  ['^', '\u0302'],
  ['~', '\u0303'],
  ['=', '\u0304'],
  ['u', '\u0306'],
  ['.', '\u0307'],
  ['"', '\u0308'],
  ['r', '\u030a'],
  ['H', '\u030b'],
  ['v', '\u030c'],
  ['d', '\u0323'],
  ['c', '\u0327'],
  ['k', '\u0328'],
  ['b', '\u0331'],
]);

const letters: ReadonlyMap<string, string> = new Map([
  ['l', 'ł'],
  ['L', 'Ł'],
  ['o', 'ø'],
  ['O', 'Ø'],
  ['i', 'ı'],
  ['j', 'ȷ'],
  ['aa', 'å'],
  ['AA', 'Å'],
  ['ae', 'æ'],
  ['AE', 'Æ'],
  ['oe', 'œ'],
  ['OE', 'Œ'],
  ['ss', 'ß'],
  ['dh', 'ð'],
  ['DH', 'Ð'],
  ['th', 'þ'],
  ['TH', 'Þ'],
]);

const mathematics = /(\$\$[^$]*\$\$|(?<!\\)\$(?:\\.|[^$\\])*\$)/s;
const base = String.raw`(?:\{\s*\\?([A-Za-z])\s*\}|\\([ij])(?![A-Za-z])\s*|([A-Za-z]))`;
const accent = String.raw`\\(?:([\x60'^"~=.])\s*|([uvHckrbd])(?:\s+|(?=[{\\])))${base}`;
const bracedAccent = new RegExp(String.raw`\{\s*${accent}\s*\}`, 'g');
const bareAccent = new RegExp(accent, 'g');
const name = [...letters.keys()].toSorted((one, other) => other.length - one.length).join('|');
const letter = new RegExp(String.raw`\{\\(${name})\s*\}|\\(${name})(?:\{\}|(?![A-Za-z])\s*)`, 'g');
const switched = /\{\\(?:em|it|bf|sl|sc|rm|tt|itshape|bfseries)(?![A-Za-z])\s*([^{}]*)\}/g;
const commanded = /\\(?:emph|underline|text(?:it|bf|sc|sl|rm|tt|sf))\{([^{}]*)\}/g;

/** Fonts inside fonts; deeper ones stay as they stand. */
const maxDepth = 4;

/**
 * A text with TeX's accents as letters and without its fonts: `Micha{\l}` is Michał, `{\em i)}` is i). Mathematics
 * between dollars, escapes (`\%`, `\$`) and every other command stay as they stand: the renderer knows them. A text
 * without a backslash comes back unchanged.
 */
export function texAccents(text: string): string {
  if (!text.includes('\\')) return text;
  return text
    .split(mathematics)
    .map((part, index) => (index % 2 === 1 ? part : plain(part)))
    .join('')
    .normalize('NFC');
}

function plain(text: string): string {
  const lettered = text
    .replace(bracedAccent, accented)
    .replace(bareAccent, accented)
    .replace(letter, (whole, braced?: string, bare?: string) => letters.get(braced ?? bare ?? '') ?? whole);
  let out = lettered;
  for (let depth = 0; depth < maxDepth && out.includes('\\'); depth += 1) {
    out = out.replace(switched, '$1').replace(commanded, '$1');
  }
  return out;
}

function accented(
  whole: string,
  sign?: string,
  command?: string,
  braced?: string,
  dotless?: string,
  bare?: string,
): string {
  const mark = accents.get(sign ?? command ?? '');
  const on = braced ?? dotless ?? bare;
  return mark === undefined || on === undefined ? whole : `${on}${mark}`;
}
