const maxFormulaLength = 2000;

/** A formula in a text, without its marks, and where the text goes on. */
export interface FormulaAt {
  readonly tex: string;
  readonly end: number;
  /** Written on a line of its own: `$$…$$`, `\[…\]` and the environments of numbered formulas. */
  readonly isDisplayed: boolean;
}

/** The formula that begins at `at`, where a `$` or a backslash stands; undefined when it is none, as in two prices. */
export function formulaAt(text: string, at: number): FormulaAt | undefined {
  return text.charAt(at) === '$' ? dollars(text, at) : bracketed(text, at);
}

/** A text cut at its formulas, in order; all of it is there. */
export function cutAtFormulas(
  text: string,
): readonly ({ readonly text: string } | { readonly formula: FormulaAt; readonly source: string })[] {
  const pieces: ({ readonly text: string } | { readonly formula: FormulaAt; readonly source: string })[] = [];
  let at = 0;
  for (const mark of text.matchAll(/[$\\]/g)) {
    if (mark.index < at) continue;
    const formula = formulaAt(text, mark.index);
    if (!formula) continue;
    if (mark.index > at) pieces.push({ text: text.slice(at, mark.index) });
    pieces.push({ formula, source: text.slice(mark.index, formula.end) });
    at = formula.end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** `$…$` or `$$…$$`, when it is a formula and not two prices. */
function dollars(text: string, at: number): FormulaAt | undefined {
  const mark = text.startsWith('$$', at) ? '$$' : '$';
  const start = at + mark.length;
  const end = closing(text, start, mark);
  if (end === undefined) return undefined;
  const tex = text.slice(start, end);
  const after = end + mark.length;
  return isFormula(tex, text.charAt(after)) ? { tex, end: after, isDisplayed: mark === '$$' } : undefined;
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
function bracketed(text: string, at: number): FormulaAt | undefined {
  const [open, name] =
    /^\\(?:\(|\[|begin\{((?:equation|align|gather|multline|eqnarray)\*?)\})/.exec(text.slice(at, at + 30)) ??
    [];
  if (open === undefined) return undefined;
  const close = name === undefined ? (open === '\\(' ? '\\)' : '\\]') : `\\end{${name}}`;
  const start = at + open.length;
  const length = text.slice(start, start + maxFormulaLength).indexOf(close);
  if (length < 0) return undefined;
  return {
    tex: text.slice(start, start + length),
    end: start + length + close.length,
    isDisplayed: open !== '\\(',
  };
}
