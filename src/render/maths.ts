import temml from 'temml';
import { linearMathml } from './mathml.ts';
import {
  accented,
  characters,
  droppedCommands,
  escapes,
  greekAndSigns,
  keptArgument,
  switches,
} from './tex-commands.ts';

const maxFormulaLength = 2000;
const maxArgumentLength = 5000;
const maxDepth = 12;

/**
 * A title or an abstract with its TeX as Unicode: `$O(n^2)$` is O(n²), `\"o` is ö, `\textbf{x}` is x.
 *
 * Dollars that are money stay (`$5 and $10`), and so does everything that is not known to be TeX. Text
 * without a dollar sign and without a backslash comes back unchanged. Never throws.
 */
export function unicodeMaths(text: string): string {
  return /[$\\]/.test(text) ? convert(text, 0) : text;
}

/** One piece of the text that was TeX: what it reads as, and where the text goes on. */
interface Piece {
  readonly text: string;
  readonly end: number;
}

function convert(text: string, depth: number): string {
  let out = '';
  let at = 0;
  for (const found of text.matchAll(/[$\\{]/g)) {
    if (found.index < at) continue;
    const piece = pieceAt(text, found.index, depth);
    if (!piece) continue;
    out += text.slice(at, found.index) + piece.text;
    at = piece.end;
  }
  return out + text.slice(at);
}

function pieceAt(text: string, at: number, depth: number): Piece | undefined {
  switch (text.charAt(at)) {
    case '$':
      return dollars(text, at);
    case '{':
      return braces(text, at, depth);
    default:
      return bracketed(text, at) ?? command(text, at, depth);
  }
}

/** `$…$` or `$$…$$`, when it is a formula and not two prices. */
function dollars(text: string, at: number): Piece | undefined {
  const mark = text.startsWith('$$', at) ? '$$' : '$';
  const start = at + mark.length;
  const end = closing(text, start, mark);
  if (end === undefined) return undefined;
  const content = text.slice(start, end);
  const after = end + mark.length;
  return isFormula(content, text.charAt(after)) ? { text: formula(content), end: after } : undefined;
}

/** The place of the next mark that is not escaped, within the longest formula we take. */
function closing(text: string, start: number, mark: string): number | undefined {
  const rest = text.slice(start, start + maxFormulaLength);
  for (let at = rest.indexOf(mark); at >= 0; at = rest.indexOf(mark, at + 1)) {
    if (rest.charAt(at - 1) !== '\\' || rest.charAt(at - 2) === '\\') return start + at;
  }
  return undefined;
}

/** Whether what stands between two dollar signs is maths: no prose, and nothing that looks like the way from one price to the next. */
function isFormula(content: string, next: string): boolean {
  if (content.trim() === '' || /^\s/.test(content) !== /\s$/.test(content)) return false;
  const bare = withoutCommands(content).replace(
    /\b(?:log|ln|exp|sin|cos|tan|max|min|arg|mod|and|or|for|if)\b/g,
    '',
  );
  if (/[\\^_{}]/.test(content)) return !/[A-Za-z]{2,},? +[A-Za-z]{2,}/.test(bare);
  if (/[A-Za-z]{2,}[.,]?\s|\s[A-Za-z]{2,}/.test(bare)) return false;
  return !(/\d/.test(next) && /^[\d.,]/.test(content));
}

/** Commands with their arguments, nested ones too, as one sign that is neither letter nor space. */
function withoutCommands(tex: string): string {
  let bare = tex;
  for (let level = 0; level < 3; level += 1) bare = bare.replace(/\\[a-zA-Z]+\*?\s*(?:\{[^{}]*\})*/g, '·');
  return bare;
}

/** `\(…\)`, `\[…\]` and the environments of numbered formulas. */
function bracketed(text: string, at: number): Piece | undefined {
  const [open, name] =
    /^\\(?:\(|\[|begin\{((?:equation|align|gather|multline|eqnarray)\*?)\})/.exec(text.slice(at, at + 30)) ??
    [];
  if (open === undefined) return undefined;
  const close = name === undefined ? (open === '\\(' ? '\\)' : '\\]') : `\\end{${name}}`;
  const start = at + open.length;
  const length = text.slice(start, start + maxFormulaLength).indexOf(close);
  if (length < 0) return undefined;
  return { text: formula(text.slice(start, start + length)), end: start + length + close.length };
}

const formulas = new Map<string, string>();
/** The formulas of a day's pages and feeds, each of which is written in many places. */
const mostFormulas = 5_000;

/** A formula without its marks as one line of Unicode; commands that TeX does not know become their names. */
function formula(tex: string): string {
  const known = formulas.get(tex);
  if (known !== undefined) return known;
  if (formulas.size >= mostFormulas) formulas.clear();
  const made = madeFormula(tex);
  formulas.set(tex, made);
  return made;
}

function madeFormula(tex: string): string {
  const known = withCharacters(tex).replace(/\\(?:href|textcolor)\s*\{[^{}]*\}/g, '');
  const macros: Record<string, string> = {};
  for (let unknown = 0; unknown < 8; unknown += 1) {
    try {
      return linearMathml(temml.renderToString(known, { throwOnError: true, xml: true, macros }));
    } catch (error) {
      const [, name] = /Unsupported function name: \\([a-zA-Z]+)/.exec(String(error)) ?? [];
      if (name === undefined || macros[`\\${name}`] !== undefined) break;
      macros[`\\${name}`] = `\\text{${name}}`;
    }
  }
  return withoutMarks(known);
}

/** MathJax's `\unicode{x2713}` as the character. */
function withCharacters(tex: string): string {
  return tex.replace(/\\unicode\{x([0-9a-fA-F]{2,6})\}/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16);
    const isText =
      code >= 0x20 &&
      code <= 0x10_ff_ff &&
      !(code >= 0x7f && code < 0xa0) &&
      !(code >= 0xd8_00 && code < 0xe0_00);
    const character = isText ? String.fromCodePoint(code) : '';
    return /[\\{}$%#&^_~]/.test(character) ? `\\${character}` : character;
  });
}

/** What is left to read of a formula that is not well-formed. */
function withoutMarks(tex: string): string {
  return tex
    .replace(/\\([a-zA-Z]+)/g, (_, name: string) => greekAndSigns.get(name) ?? name)
    .replace(/\\([^a-zA-Z])/g, '$1')
    .replace(/[{}]/g, '')
    .trim();
}

/** The argument in braces that starts at `at`, where its braces are balanced. */
function argument(text: string, at: number): Piece | undefined {
  if (text.charAt(at) !== '{') return undefined;
  let open = 0;
  for (const brace of text.slice(at, at + maxArgumentLength).matchAll(/\\?[{}]/g)) {
    if (brace[0] === '{') open += 1;
    if (brace[0] === '}') open -= 1;
    if (open === 0 && brace[0] === '}')
      return { text: text.slice(at + 1, at + brace.index), end: at + brace.index + 1 };
  }
  return undefined;
}

/** `{\em x}`: braces that hold a command are TeX; all others are text. */
function braces(text: string, at: number, depth: number): Piece | undefined {
  if (!/^\{+\\[a-zA-Z"'`^~=.]/.test(text.slice(at, at + 20)) || depth >= maxDepth) return undefined;
  const inner = argument(text, at);
  if (!inner) return undefined;
  const reads = convert(inner.text, depth + 1);
  return reads.startsWith('\\') ? { text: `{${reads}}`, end: inner.end } : { text: reads, end: inner.end };
}

/** A command in text, from its backslash. */
function command(text: string, at: number, depth: number): Piece | undefined {
  const rest = text.slice(at + 1, at + 40);
  const accent = accented(rest);
  if (accent) return { text: accent.text, end: at + 1 + accent.length };

  const [name] = /^[a-zA-Z]+/.exec(rest) ?? [];
  if (name === undefined) {
    const escape =
      rest.startsWith('\\') && !/^\\(?:\s|$)/.test(rest) ? undefined : escapes.get(rest.charAt(0));
    return escape === undefined ? undefined : { text: escape, end: at + 2 };
  }
  const after = at + 1 + name.length;
  if (switches.has(name)) return switched(text, after, depth);

  const character = characters.get(name) ?? greekAndSigns.get(name);
  if (character !== undefined)
    return { text: character, end: text.startsWith('{}', after) ? after + 2 : after };
  return depth < maxDepth ? withArguments(text, name, after, depth) : undefined;
}

/** What a command such as `\bf` leaves: the braces behind it without them, or the text without the space. */
function switched(text: string, after: number, depth: number): Piece {
  const inner = depth < maxDepth ? argument(text, after) : undefined;
  if (inner) return { text: convert(inner.text, depth + 1), end: inner.end };
  const [blank = ''] = /^\s+/.exec(text.slice(after, after + 20)) ?? [];
  return { text: '', end: after + blank.length };
}

/** The commands that take arguments. */
function withArguments(text: string, name: string, after: number, depth: number): Piece | undefined {
  const first = argument(text, after);
  if (!first) return undefined;
  const reads = (): string => convert(first.text, depth + 1);
  if (keptArgument.has(name)) return { text: reads(), end: first.end };
  if (droppedCommands.has(name)) return { text: '', end: first.end };
  switch (name) {
    case 'footnote':
      return { text: ` (${reads()})`, end: first.end };
    case 'cite':
    case 'citep':
    case 'citet':
    case 'citealp':
      return { text: `[${reads()}]`, end: first.end };
    case 'textsuperscript':
      return { text: formula(`{}^{${first.text}}`), end: first.end };
    case 'textsubscript':
      return { text: formula(`{}_{${first.text}}`), end: first.end };
    case 'href':
    case 'textcolor':
    case 'hyperlink': {
      const second = argument(text, first.end);
      if (!second) return { text: reads(), end: first.end };
      const label = convert(second.text, depth + 1);
      const isNamed = name === 'href' && !label.includes('://');
      return { text: isNamed ? `${label} (${reads()})` : label, end: second.end };
    }
    default: {
      // arXiv's own spelling of a command in Latin-1 accents: `\r{ho}` was `\rho`, `\c{opyright}` was `\copyright`.
      const joined = greekAndSigns.get(name + first.text) ?? characters.get(name + first.text);
      return joined === undefined ? undefined : { text: joined, end: first.end };
    }
  }
}
