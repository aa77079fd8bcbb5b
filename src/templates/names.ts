import Handlebars from 'handlebars';

/** A word of a template, with its place; both from 1. */
export interface PlacedName {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** What a Handlebars source speaks of. */
export interface TemplateNames {
  /** Fields it shows or asks for, each step of a path. */
  readonly fields: readonly PlacedName[];
  readonly partials: readonly PlacedName[];
  readonly helpers: readonly PlacedName[];
  /** Names that it gives itself: to a partial (`title=name`) or in a block (`as |name|`). */
  readonly given: readonly string[];
}

interface Node {
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
}

/** The names in a source; throws what `syntaxFault` reads for one that is not valid. */
export function namesIn(source: string): TemplateNames {
  const [fields, partials, helpers]: [PlacedName[], PlacedName[], PlacedName[]] = [[], [], []];
  const given: string[] = [];
  const called = new Set<object>();
  const visitor = new Handlebars.Visitor();
  const usual = Handlebars.Visitor.prototype;
  const call = (node: { path: object; params: readonly unknown[]; hash?: unknown } & Node): void => {
    const { path } = node;
    const isHelper = node.params.length > 0 || node.hash !== undefined;
    if (!isHelper || !('original' in path)) return;
    called.add(path);
    helpers.push(placed(String(path.original), node));
  };
  visitor.MustacheStatement = (node) => {
    call(node);
    usual.MustacheStatement.call(visitor, node);
  };
  visitor.BlockStatement = (node) => {
    call(node);
    usual.BlockStatement.call(visitor, node);
  };
  visitor.SubExpression = (node) => {
    call(node);
    usual.SubExpression.call(visitor, node);
  };
  visitor.PartialStatement = (node) => {
    called.add(node.name);
    if ('original' in node.name) partials.push(placed(node.name.original, node));
    usual.PartialStatement.call(visitor, node);
  };
  visitor.Program = (node) => {
    given.push(...(node.blockParams ?? []));
    usual.Program.call(visitor, node);
  };
  visitor.Hash = (node) => {
    given.push(...node.pairs.map(({ key }) => key));
    usual.Hash.call(visitor, node);
  };
  visitor.PathExpression = (node) => {
    if (called.has(node)) return;
    // The first step after an @ is of the language: @root, @first, @index.
    for (const name of node.parts.slice(node.data ? 1 : 0)) fields.push(placed(name, node));
  };
  visitor.accept(Handlebars.parse(source));
  return { fields, partials, helpers, given };
}

function placed(name: string, { loc }: Node): PlacedName {
  return { name, line: loc.start.line, column: loc.start.column + 1 };
}

/** Where and why the parser of Handlebars refused a source; what it throws has its place only in words. */
export function syntaxFault(source: string, thrown: Error): PlacedName {
  const [first = '', shown = '', caret = '', expected = ''] = thrown.message.split('\n');
  const line = Number(/ on line (\d+)/.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(line)) {
    const [, message = thrown.message, row = '1', column = '0'] =
      /^(.*) - (\d+):(\d+)$/s.exec(thrown.message) ?? [];
    return { name: message, line: Number(row), column: Number(column) + 1 };
  }
  const before = shown.slice(0, caret.indexOf('^')).replace(/^\.\.\./, '');
  const name = `${first.replace(/ on line.*/, '')}: ${expected || shown.trim()}`.slice(0, 300);
  return { name, line, column: columnAfter(source.split('\n'), line, before) };
}

/** The first column of a line up to which the source, without its line ends, ends as `before` does. */
function columnAfter(lines: readonly string[], line: number, before: string): number {
  const earlier = lines.slice(0, line - 1).join('');
  const text = lines[line - 1] ?? '';
  for (let at = 0; at <= text.length; at += 1) {
    if ((earlier + text.slice(0, at)).endsWith(before)) return at + 1;
  }
  return 1;
}
