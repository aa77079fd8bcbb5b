import { plainLine } from './paper.ts';
import {
  isLabelKind,
  isPaperExtra,
  isWordField,
  joined,
  longestSearch,
  mostWords,
  termOf,
  type Search,
  type SearchNode,
} from './search.ts';
import { paperExtras } from './search-text.ts';
import { searchWords } from './search-words.ts';
import { addDays, isCalendarDate, type CalendarDate } from './time.ts';
import { seedPaper } from './topic.ts';

/*
 * The language of the search box. Whatever is written is answered:
 *
 *     or    = and { "OR" and }
 *     and   = not { [ "AND" ] not }
 *     not   = ( "-" | "NOT" ) not | "(" or ")" | term
 *     term  = [ prefix ":" ] ( word | '"' words '"' )
 *
 * Prefixes are title, abstract, author, lab, cat, topic, source, has, id, and after and before, which hold for the whole
 * search wherever they stand. Anything else is words. The topics of the configuration have a like language
 * (`query.ts`), which is strict: there a mistake is better told to the operator than guessed at.
 */

export interface ParsedSearch extends Search {
  /** The text as it is shown, kept and put into addresses: one line of well-formed Unicode, at most `longestSearch` units. */
  readonly text: string;
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
}

interface Token {
  readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT' | 'term';
  /** Before the colon, in lower case; '' when there is none. */
  readonly prefix: string;
  readonly words: string;
  readonly isQuoted: boolean;
}

/** Brackets within more than so many others are left out. */
const deepest = 8;

/** What the text asks for. Never throws; what cannot be read is left out and noted. */
export function parseSearch(written: string): ParsedSearch {
  const { text, isCut } = searchLine(written);
  const notes = new Set<string>();
  if (isCut) notes.add(`Only the first ${longestSearch.toLocaleString('en')} characters were read.`);
  const dates: { after?: CalendarDate; before?: CalendarDate } = {};
  const tokens: Token[] = [];
  for (const token of tokensOf(text)) {
    const { prefix, words } = token;
    if (prefix !== 'after' && prefix !== 'before') {
      tokens.push(token);
      continue;
    }
    const date = firstDay(words);
    // A minus before a date belongs to it, not to the word after it.
    const isNot = tokens.at(-1)?.kind === 'NOT';
    while (tokens.at(-1)?.kind === 'NOT') tokens.pop();
    if (date === undefined)
      notes.add(`“${prefix}:${words}” was left out: write a day as in ${prefix}:2026-11-01.`);
    else if (isNot)
      notes.add(
        `“-${prefix}:${words}” was left out: write ${prefix === 'after' ? 'before' : 'after'}:${words}.`,
      );
    else dates[prefix] = date;
  }
  const node = treeOf(tokens, notes);
  if (text !== '' && node === undefined && dates.after === undefined && dates.before === undefined) {
    notes.add('There was no word to look for in it.');
  }
  return { text, ...(node && { node }), ...dates, notes: [...notes] };
}

/** One line without control characters, cut where it is too long. */
function searchLine(written: string): { readonly text: string; readonly isCut: boolean } {
  const isCut = written.length > longestSearch;
  const text = written
    .slice(0, longestSearch)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Noncharacter_Code_Point}\uFFFD]+/gu, ' ');
  return { text: plainLine(text), isCut };
}

/** `2026`, `2026-11` and `2026-11-24` as the first day of that time. */
export function firstDay(text: string): CalendarDate | undefined {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text.trim()) ?? [];
  const date = `${year}-${month}-${day}`;
  return year !== undefined && isCalendarDate(date) && addDays(date, 1) !== '' ? date : undefined;
}

const tokenForm =
  /\s*(?:(?<bracket>[()])|(?<minus>-(?=[^\s-]))|(?:(?<prefix>[a-z]+):)?(?:["“”„](?<quoted>[^"“”„]*)["“”„]?|(?<word>[^\s()"“”„]+))?)/iuy;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  tokenForm.lastIndex = 0;
  while (tokenForm.lastIndex < text.length) {
    const from = tokenForm.lastIndex;
    const groups = tokenForm.exec(text)?.groups;
    if (!groups || tokenForm.lastIndex === from) break;
    const { bracket, minus, prefix = '', quoted, word = '' } = groups;
    const token = { prefix: '', words: '', isQuoted: false };
    if (bracket === '(' || bracket === ')') tokens.push({ ...token, kind: bracket });
    else if (minus !== undefined) tokens.push({ ...token, kind: 'NOT' });
    else if (prefix === '' && (word === 'AND' || word === 'OR' || word === 'NOT'))
      tokens.push({ ...token, kind: word });
    else tokens.push(termToken(prefix.toLowerCase(), quoted, word));
  }
  return tokens;
}

/** What no prefix is belongs to the words: `https://…`, `GPT:4`. */
function termToken(prefix: string, quoted: string | undefined, word: string): Token {
  const isQuoted = quoted !== undefined;
  const words = (quoted ?? word).trim();
  const isKnown = prefix === 'after' || prefix === 'before' || isWordField(prefix) || isLabelKind(prefix);
  return isKnown || prefix === ''
    ? { kind: 'term', prefix, words, isQuoted }
    : { kind: 'term', prefix: '', words: `${prefix}:${words}`, isQuoted };
}

function treeOf(tokens: readonly Token[], notes: Set<string>): SearchNode | undefined {
  let place = 0;
  let count = 0;

  const anyOf = (depth: number): SearchNode | undefined => {
    const nodes = [allOf(depth)];
    while (tokens[place]?.kind === 'OR') {
      place += 1;
      nodes.push(allOf(depth));
    }
    return joined('or', nodes);
  };
  const allOf = (depth: number): SearchNode | undefined => {
    const nodes: (SearchNode | undefined)[] = [];
    for (let token = tokens[place]; token && token.kind !== 'OR'; token = tokens[place]) {
      // A bracket that closes nothing is not there.
      if (token.kind === ')' && depth > 0) break;
      nodes.push(one(depth));
    }
    return joined('and', nodes);
  };
  const one = (depth: number): SearchNode | undefined => {
    let isNot = false;
    let isTooDeep = false;
    let token = tokens[place];
    for (; token; token = tokens[(place += 1)]) {
      if (token.kind === 'NOT') isNot = !isNot;
      else if (token.kind === '(' && depth >= deepest) isTooDeep ||= isNot;
      else if (token.kind !== 'AND') break;
      if (isTooDeep) {
        notes.add(`A minus before a bracket within ${deepest} others was left out, with what stands there.`);
        place = afterBracket(tokens, place);
        return undefined;
      }
    }
    if (token?.kind === 'OR' || token === undefined) return undefined;
    if (token.kind === ')' && depth > 0) return undefined;
    place += 1;
    let node: SearchNode | undefined;
    if (token.kind === '(') {
      node = anyOf(depth + 1);
      if (tokens[place]?.kind === ')') place += 1;
    } else if (token.kind === 'term') {
      node = leafOf(token, notes);
      if (node && (count += node.kind === 'term' ? searchWords(node.words).length : 1) > mostWords) {
        notes.add(`Only the first ${mostWords} words were read.`);
        return undefined;
      }
    }
    return isNot && node ? { kind: 'not', node } : node;
  };
  return anyOf(0);
}

/** The place after the bracket that the one at `place` opens. */
function afterBracket(tokens: readonly Token[], place: number): number {
  let open = 0;
  for (let at = place; at < tokens.length; at += 1) {
    if (tokens[at]?.kind === '(') open += 1;
    if (tokens[at]?.kind === ')') open -= 1;
    if (open === 0) return at + 1;
  }
  return tokens.length;
}

function leafOf({ prefix, words, isQuoted }: Token, notes: Set<string>): SearchNode | undefined {
  if (words === '') return undefined;
  if (isLabelKind(prefix)) {
    if (prefix === 'has' && !isPaperExtra(words.toLowerCase())) {
      notes.add(`“has:${words}” was left out: write has: with one of ${paperExtras.join(', ')}.`);
      return undefined;
    }
    const value = prefix === 'id' ? (seedPaper(words) ?? words) : words;
    return { kind: 'label', label: prefix, value };
  }
  const id = prefix === '' && !isQuoted ? seedPaper(words) : undefined;
  if (id !== undefined) return { kind: 'label', label: 'id', value: id };
  return termOf(isWordField(prefix) ? prefix : 'text', words);
}
