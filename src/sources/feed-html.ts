import { Tokenizer, TokenizerMode, type Token } from 'parse5';
import { plainLine } from '../domain/paper.ts';
import type { FeedText } from './feed-entry.ts';

/** Elements that stand in a line; between the text of all others is at least a space. */
const inline = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q ruby s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

const block = new Set(
  'address article aside audio base blink blockquote body br button canvas caption center col colgroup datalist dd details dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input legend li link main map marquee menu meta meter nav noframes noscript object ol optgroup option output p param picture pre progress rp rt section select source summary svg table tbody td tfoot th thead title tr track ul video'.split(
    ' ',
  ),
);

/** MathML, which journals put into titles: its text is kept, run together. */
const maths = new Set(
  'math maction menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none mprescripts semantics'.split(
    ' ',
  ),
);

/** Elements whose content is no text for people, and how the tokenizer must read it (HTML Standard, 13.2.6.2). */
const silent = new Map([
  ['script', TokenizerMode.SCRIPT_DATA],
  ['style', TokenizerMode.RAWTEXT],
  ['template', TokenizerMode.DATA],
  ['annotation', TokenizerMode.DATA],
  ['annotation-xml', TokenizerMode.DATA],
]);

/** Digits and signs beside their raised or lowered forms. */
const raised = forms('0123456789+-−=()ni', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ');
const lowered = forms('0123456789+-−=()', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎');

/** Whether HTML knows an element of that name (in lower case): a tag of any other name is text. */
export function isHtmlElement(name: string): boolean {
  return (
    inline.has(name) ||
    block.has(name) ||
    maths.has(name) ||
    silent.has(name) ||
    name === 'sup' ||
    name === 'sub'
  );
}

/**
 * The text of a piece of HTML, without building a tree of it: time and memory grow with its length only, however deep it
 * is nested. Known elements go, their text stays (not that of scripts and styles); a tag that HTML does not know, such
 * as a literal `<think>`, is text and stays as it stands. Character references are decoded. Raised and lowered digits
 * become their Unicode forms, so that 10<sup>-3</sup> does not read 10-3.
 */
export function htmlToText(html: string): string {
  if (!/[<&]/.test(html)) return html;
  const source = asMeant(html);
  const parts: string[] = [];
  let silenced: string | undefined;
  let scriptFrom: number | undefined;

  const tag = (token: Token.TagToken, isStart: boolean): void => {
    const name = token.tagName;
    if (silenced !== undefined) {
      if (!isStart && name === silenced) silenced = undefined;
      return;
    }
    const mode = silent.get(name);
    if (mode !== undefined) {
      if (!isStart || token.selfClosing) return;
      silenced = name;
      tokenizer.state = mode;
    } else if (name === 'sup' || name === 'sub') {
      if (isStart) scriptFrom = parts.length;
      else if (scriptFrom !== undefined) {
        const content = parts.splice(scriptFrom).join('');
        parts.push(script(content, name === 'sup' ? raised : lowered));
        scriptFrom = undefined;
      }
    } else if (block.has(name)) {
      parts.push(' ');
    } else if (!inline.has(name) && !maths.has(name) && !/[:-]/.test(name)) {
      parts.push(source.slice(token.location?.startOffset, token.location?.endOffset));
    }
  };
  const character = ({ chars }: Token.CharacterToken): void => {
    if (silenced === undefined) parts.push(chars);
  };

  const tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: true },
    {
      onStartTag: (token) => tag(token, true),
      onEndTag: (token) => tag(token, false),
      onCharacter: character,
      onWhitespaceCharacter: character,
      onNullCharacter: nothing,
      onComment: nothing,
      onDoctype: nothing,
      onEof: nothing,
    },
  );
  tokenizer.write(source, true);
  return parts.join('');
}

/** One kind of line end, and as text: an `&` without its semicolon (`?a=1&copy=2`), a last `<` without a `>` (`x <y`). */
function asMeant(html: string): string {
  const lines = html.replace(/\r\n?/g, '\n').replace(/&(?!#?\w{1,40};)/g, '&amp;');
  const last = lines.lastIndexOf('<');
  return last > lines.lastIndexOf('>') && /[a-z/]/i.test(lines.charAt(last + 1))
    ? `${lines.slice(0, last)}&lt;${lines.slice(last + 1)}`
    : lines;
}

function forms(plain: string, shifted: string): ReadonlyMap<string, string> {
  return new Map(plain.split('').map((character, at) => [character, shifted.charAt(at)]));
}

const nothing = (): void => undefined;

/** The Unicode form when every character has one, else the text as it is. */
function script(text: string, forms: ReadonlyMap<string, string>): string {
  const characters = text.trim().split('');
  return characters.length <= 12 && characters.every((character) => forms.has(character))
    ? characters.map((character) => forms.get(character)).join('')
    : text;
}

const decodedNames = new Map<string, string>();

/** The character that HTML names so (`eacute`, `nbsp`), or undefined. */
export function namedCharacter(name: string): string | undefined {
  const known = decodedNames.get(name);
  if (known !== undefined) return known;
  const reference = `&${name};`;
  const decoded = htmlToText(reference);
  if (decoded.includes(name) || decoded.endsWith(';')) return undefined;
  decodedNames.set(name, decoded);
  return decoded;
}

/** One line of plain text: HTML read, no control characters, no half characters, white space collapsed, NFC. */
export function plainText(text: FeedText | undefined): string {
  if (text === undefined) return '';
  const read = text.type === 'html' ? htmlToText(text.text) : text.text;
  return plainLine(read.toWellFormed().replace(/(?!\s)[\p{Cc}\p{Noncharacter_Code_Point}]/gu, ''));
}
