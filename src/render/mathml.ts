import type { Element, Node } from 'slimdom';
import { parseXmlDocument } from 'slimdom';

/** MathML as one line of Unicode text: `O(n²)`, `ℝⁿ`, `∑ᵢ₌₁ⁿ xᵢ`, `a/(b+c)`. Throws on markup that is not XML. */
export function linearMathml(markup: string): string {
  const root = parseXmlDocument(markup).documentElement;
  return root ? tidy(line(root)) : '';
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function line(element: Element | undefined): string {
  if (!element) return '';
  const [first, second, third] = element.children;
  switch (element.localName) {
    case 'mi':
    case 'mn':
    case 'mo':
    case 'ms':
    case 'mtext':
      return plainLetters(text(element));
    case 'mspace':
      return space(element.getAttribute('width') ?? '');
    case 'mphantom':
      return '';
    case 'msup':
      return line(first) + superscript(line(second));
    case 'msub':
      return line(first) + subscript(line(second));
    case 'msubsup':
    case 'munderover':
      return line(first) + subscript(line(second)) + superscript(line(third));
    case 'mover':
      return over(line(first), line(second));
    case 'munder':
      return line(first) + (isBrace(line(second)) ? '' : subscript(line(second)));
    case 'mfrac': {
      const isBinomial = (element.getAttribute('linethickness') ?? '').startsWith('0');
      return isBinomial
        ? `${line(first)} choose ${line(second)}`
        : `${group(line(first))}/${group(line(second))}`;
    }
    case 'msqrt':
      return `√${group(row(element))}`;
    case 'mroot':
      return `${superscript(line(second))}√${group(tidy(line(first)))}`;
    case 'mtable':
      return element.children.map(line).join('; ');
    case 'mtr':
      return element.children
        .map((cell) => tidy(line(cell)))
        .filter(Boolean)
        .join(', ');
    default:
      return row(element);
  }
}

const relation = /^[=<>≠≡≈≃≅∼≲≳≤≥≪≫∈∉⊂⊆⊃⊇∝≜≔→←↔⇒⇐⇔↦⟶⟵⟹⟺±∓∧∨∪∩∣∥⊨⊢]$/u;

/** The children side by side, with spaces where a relation stands between two things, and after a comma. */
function row(element: Element): string {
  const children = element.children;
  let out = '';
  for (const [index, child] of children.entries()) {
    const piece = line(child);
    const isInside = out.trim() !== '' && index < children.length - 1 && !/[([{<=>,±]\s*$/u.test(out);
    if (isInside && relation.test(piece)) out += ` ${piece} `;
    else if (isInside && separates(child)) out += `${piece} `;
    else if (index < children.length - 1 && /^[∑∏∫]/u.test(piece)) out += `${piece} `;
    else out += piece;
  }
  return out;
}

/** A comma between two things, which is spaced except in a script. */
function separates(element: Element): boolean {
  return (
    element.getAttribute('separator') === 'true' &&
    !/^msu[bp]/.test(element.parentElement?.parentElement?.localName ?? '')
  );
}

/** Text without the invisible operators (U+2061 to U+2064) and with plain spaces. */
function text(element: Element): string {
  const value = element.childNodes.map((node: Node) => node.textContent ?? '').join('');
  return value.replace(/[\u2061-\u2064]/g, '').replace(/\u00A0/g, ' ');
}

/** Negative and zero widths are no space. */
function space(width: string): string {
  return Number.parseFloat(width) > 0 ? ' ' : '';
}

/**
 * Bold, italic, sans-serif and typewriter letters of the block U+1D400 as the letters they style, for they
 * are read out and searched badly and missing in many fonts; double-struck, script and Fraktur letters carry
 * meaning and stay.
 */
function plainLetters(value: string): string {
  return value.replace(
    /[\u{1D400}-\u{1D49B}\u{1D4D0}-\u{1D503}\u{1D56C}-\u{1D7D7}\u{1D7E2}-\u{1D7FF}]/gu,
    (letter) => letter.normalize('NFKC'),
  );
}

const combining: Readonly<Record<string, string>> = {
  ˆ: '\u0302',
  '^': '\u0302',
  '~': '\u0303',
  '˜': '\u0303',
  '‾': '\u0304',
  '¯': '\u0304',
  ˉ: '\u0304',
  '˘': '\u0306',
  '˙': '\u0307',
  '¨': '\u0308',
  '˚': '\u030A',
  ˇ: '\u030C',
  '´': '\u0301',
  '`': '\u0300',
  '→': '\u20D7',
};

/** An accent over one letter is a combining mark; over more it is left out; anything else is a superscript. */
function over(base: string, mark: string): string {
  const accent = combining[mark.trim()];
  if (accent === undefined) return isBrace(mark) ? base : base + superscript(mark);
  return /^\p{L}$/u.test(base) ? (base + accent).normalize('NFC') : base;
}

function isBrace(mark: string): boolean {
  return /^(?:[\u23DC-\u23E1_―]|\u0332)?$/.test(mark.trim());
}

/** In parentheses unless it is one number, one word or one thing in parentheses already. */
function group(value: string): string {
  return /^[\p{L}\p{M}\p{N}.%⁰¹²³⁴-₎′√]*$/u.test(value) || /^\([^()]*\)$/.test(value) ? value : `(${value})`;
}

const supers = new Map(
  pairs(
    '0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθ',
    '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿ',
  ),
);
const subs = new Map(pairs('0123456789+−=()aehijklmnoprstuvxβγρφχ', '₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ'));

function pairs(from: string, to: string): (readonly [string, string])[] {
  const targets = Array.from(to);
  return Array.from(from, (character, index) => [character, targets[index] ?? character]);
}

const superscriptSigns: Readonly<Record<string, string>> = {
  '∘': '°',
  '°': '°',
  '⊤': 'ᵀ',
  '∗': '*',
  '*': '*',
  '†': '†',
  '‡': '‡',
  '⋆': '*',
};

function superscript(value: string): string {
  const tidied = tidy(value);
  if (/^′+$/.test(tidied)) return tidied;
  return superscriptSigns[tidied] ?? script(tidied, supers, '^');
}

function subscript(value: string): string {
  return script(tidy(value), subs, '_');
}

/** The script in Unicode where every character has one, else as TeX writes it, with parentheses for braces. */
function script(value: string, map: ReadonlyMap<string, string>, sign: '^' | '_'): string {
  const packed = value.replace(/ ([=+−]) /g, '$1').replace(/-/g, '−');
  const mapped = Array.from(packed, (character) => map.get(character));
  if (mapped.every((character) => character !== undefined)) return mapped.join('');
  return /^[\p{L}\p{M}\p{N}]*$/u.test(value) ? sign + value : `${sign}(${value})`;
}
