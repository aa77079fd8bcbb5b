import { formulaAt } from './formula-marks.ts';
import { formulaMathml, plainTex } from './formula-mathml.ts';
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
    case '{':
      return braces(text, at, depth);
    default: {
      const found = formulaAt(text, at);
      if (found) return { text: formula(found.tex), end: found.end };
      return text.charAt(at) === '$' ? undefined : command(text, at, depth);
    }
  }
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
  const known = plainTex(tex);
  try {
    const markup = formulaMathml(known);
    if (markup !== undefined) return linearMathml(markup);
  } catch {
    // What TeX lets through but XML does not hold is read by its signs.
  }
  return withoutMarks(known);
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
