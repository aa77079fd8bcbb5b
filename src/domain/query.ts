/*
 * The query language of topics and saved searches:
 *
 *     or      = and { "OR" and }
 *     and     = not { [ "AND" ] not }
 *     not     = "NOT" not | "(" or ")" | term
 *     term    = [ field ":" ] ( word | '"' words '"' )
 *     field   = "title" | "abstract" | "cat" | "author" | "lab"
 *
 * Terms beside each other are joined by AND; AND binds closer than OR. The operators are written in capitals:
 * `and` is a word like any other.
 */

const fields = ['title', 'abstract', 'cat', 'author', 'lab'] as const;

/** Where a term is looked for; `text` is title or abstract. */
export type QueryField = 'text' | (typeof fields)[number];

export interface QueryTerm {
  readonly kind: 'term';
  readonly field: QueryField;
  /** As written, without quotes: a phrase of whole words, `*` after a word any ending; for `cat` a category or its start, `cs.*`. */
  readonly words: string;
}

export type QueryNode =
  | QueryTerm
  | { readonly kind: 'not'; readonly node: QueryNode }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly QueryNode[] };

/** What is wrong with a query: `column` is the character it begins at, from 1. */
export interface QueryFault {
  readonly column: number;
  /** What was expected, what came, and what to do. */
  readonly message: string;
}

interface Token {
  readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT' | 'term' | 'end';
  /** As it stands in the query. */
  readonly written: string;
  readonly at: number;
  readonly term?: QueryTerm;
}

/** Deeper is a mistake, and would use up the stack. */
const deepest = 50;
const longestQuery = 2000;

class Broken extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/**
 * The query that a text says, or its first fault. It never holds for a paper in which nothing was found: a
 * query that only says what must not be there is a fault.
 */
export function parseQuery(text: string): { readonly query: QueryNode } | { readonly fault: QueryFault } {
  try {
    if (text.length > longestQuery) {
      throw new Broken(longestQuery, `expected at most ${longestQuery} characters, came ${text.length}`);
    }
    const query = parseTokens(tokensOf(text));
    if (!findsSomething(query, true)) {
      throw new Broken(
        0,
        'expected words to look for, came a query that holds where nothing is found; join what follows NOT to them by AND',
      );
    }
    return { query };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { fault: { column: Array.from(text.slice(0, error.at)).length + 1, message: error.message } };
  }
}

/** The terms whose presence speaks for the query, in its order; those after NOT are not among them. */
export function wantedTerms(node: QueryNode, isWanted = true): readonly QueryTerm[] {
  switch (node.kind) {
    case 'term':
      return isWanted ? [node] : [];
    case 'not':
      return wantedTerms(node.node, !isWanted);
    case 'and':
    case 'or':
      return node.nodes.flatMap((inner) => wantedTerms(inner, isWanted));
  }
}

/** Whether one wanted term at least must be there for the query to hold. */
function findsSomething(node: QueryNode, isWanted: boolean): boolean {
  switch (node.kind) {
    case 'term':
      return isWanted;
    case 'not':
      return findsSomething(node.node, !isWanted);
    case 'and':
    case 'or': {
      const oneIsEnough = (node.kind === 'and') === isWanted;
      const found = (inner: QueryNode): boolean => findsSomething(inner, isWanted);
      return oneIsEnough ? node.nodes.some(found) : node.nodes.every(found);
    }
  }
}

function parseTokens(tokens: readonly Token[]): QueryNode {
  let place = 0;
  const end: Token = tokens.at(-1) ?? { kind: 'end', written: '', at: 0 };
  const next = (): Token => tokens[place] ?? end;
  const take = (): Token => tokens[place++] ?? end;

  const anyOf = (depth: number): QueryNode => {
    const nodes = [allOf(depth)];
    while (next().kind === 'OR') {
      take();
      nodes.push(allOf(depth));
    }
    return joined('or', nodes);
  };
  const allOf = (depth: number): QueryNode => {
    const nodes = [one(depth)];
    for (;;) {
      const { kind } = next();
      if (kind === 'AND') take();
      else if (kind !== 'term' && kind !== 'NOT' && kind !== '(') return joined('and', nodes);
      nodes.push(one(depth));
    }
  };
  const one = (depth: number): QueryNode => {
    const token = take();
    if (depth > deepest) throw new Broken(token.at, `expected at most ${deepest} levels, came more`);
    if (token.term) return token.term;
    if (token.kind === 'NOT') return { kind: 'not', node: one(depth + 1) };
    if (token.kind !== '(') {
      throw new Broken(token.at, `expected a word, a phrase in quotes, NOT or (, came ${named(token)}`);
    }
    const node = anyOf(depth + 1);
    const closing = take();
    if (closing.kind !== ')') {
      throw new Broken(
        closing.at,
        `expected ) for the ( at column ${token.at + 1}, came ${named(closing)}; close it`,
      );
    }
    return node;
  };

  const query = anyOf(0);
  const rest = take();
  if (rest.kind !== 'end')
    throw new Broken(rest.at, `expected AND, OR, a word or the end, came ${named(rest)}`);
  return query;
}

function joined(kind: 'and' | 'or', nodes: readonly QueryNode[]): QueryNode {
  const [first] = nodes;
  return first && nodes.length === 1 ? first : { kind, nodes };
}

function named(token: Token): string {
  return token.kind === 'end' ? 'the end' : token.written;
}

/** A bracket; or a word or a quoted phrase, with a field before it or not. Quotes may be curly. */
const tokenForm =
  /\s*(?:(?<bracket>[()])|(?:(?<field>[\p{L}-]+):)?(?:(?<quoted>["“”„][^"“”„]*(?<close>["“”])?)|(?<word>[^\s()"“”„]+))?)/uy;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  tokenForm.lastIndex = 0;
  while (tokenForm.lastIndex < text.length) {
    const found = tokenForm.exec(text);
    const written = found?.[0].trim() ?? '';
    if (!found || written === '') break;
    const at = tokenForm.lastIndex - written.length;
    tokens.push(tokenOf(written, at, found.groups ?? {}));
  }
  tokens.push({ kind: 'end', written: '', at: text.trimEnd().length });
  return tokens;
}

function tokenOf(written: string, at: number, parts: Readonly<Record<string, string | undefined>>): Token {
  if (written === '(' || written === ')') return { kind: written, written, at };
  if (written === 'AND' || written === 'OR' || written === 'NOT') return { kind: written, written, at };
  const { field: prefix, quoted, close, word } = parts;
  const field = fields.find((known) => known === prefix?.toLowerCase());
  if (prefix !== undefined && field === undefined) {
    const choice = fields.map((known) => `${known}:`).join(' ');
    throw new Broken(
      at,
      `expected one of ${choice}, came ${prefix}:; put it in quotes to look for these words`,
    );
  }
  if (quoted !== undefined && close === undefined) {
    throw new Broken(at, `expected a closing quote, came the end after ${written.slice(0, 30)}`);
  }
  if (word?.startsWith('-') && field === undefined) {
    throw new Broken(
      at,
      `expected a word, came ${written}; write NOT ${word.replace(/^-+/, '')} to leave it out`,
    );
  }
  const words = quoted === undefined ? (word ?? '') : quoted.slice(1, -1).trim();
  const fault = field === 'cat' ? categoryFault(words) : phraseFault(words);
  if (fault !== undefined) throw new Broken(at, `${fault}, came ${written}`);
  return { kind: 'term', written, at, term: { kind: 'term', field: field ?? 'text', words } };
}

/** What a phrase must be when this is none: whole words, at least one with a letter or digit, `*` only at the end of a word. */
export function phraseFault(text: string): string | undefined {
  if (/\*\S|(?:^|[\s\p{Pd}])\*/u.test(text)) {
    return 'expected * only at the end of a word, as in transformer*';
  }
  return /[\p{L}\p{N}]/u.test(text) ? undefined : 'expected a word or a phrase with a letter or a digit';
}

function categoryFault(text: string): string | undefined {
  return /^[\p{L}\p{N}][^*]*\*?$/u.test(text)
    ? undefined
    : 'expected a category such as cs.RO, or cs.* for all that begin so';
}
