import { suggestion } from '../config/faults.ts';
import { asError, type ConfigFault } from '../errors.ts';
import { namesIn, syntaxFault, type PlacedName } from './names.ts';
import type { TemplateSources } from './sources.ts';

type Fault = Pick<ConfigFault, 'line' | 'column' | 'message'>;

/** What a template of a folder may name. */
interface KnownNames {
  readonly fields: readonly string[];
  readonly partials: readonly string[];
  readonly helpers: readonly string[];
}

/** What Handlebars itself knows, and we add to it. */
const helpers = ['if', 'unless', 'each', 'with', 'lookup'];
const mailHelpers = ['direction'];

/**
 * What is wrong in the operator's templates as they stand: what Handlebars cannot read, and names of fields, partials and
 * helpers that no template of ours has in the same folder. `fileOf` gives the path that a fault shows.
 */
export function ownFaults(
  shipped: TemplateSources,
  own: TemplateSources,
  fileOf: (name: string) => string,
): readonly ConfigFault[] {
  const known = new Map<string, KnownNames>();
  return [...own].flatMap(([name, source]) => {
    if (!isHandlebars(name)) return [];
    const area = areaOf(name);
    const names = known.get(area) ?? knownNames(area, shipped, own);
    known.set(area, names);
    return faultsOf(source, names).map((fault) => ({ file: fileOf(name), path: '', ...fault }));
  });
}

/** Where an own template names the field that a renderer missed; undefined when none does. */
export function placeOfField(
  own: TemplateSources,
  field: string,
  at: { readonly line: number; readonly column: number },
): ({ readonly name: string } & Pick<PlacedName, 'line' | 'column'>) | undefined {
  const all = [...own].flatMap(([name, source]) =>
    isHandlebars(name) && name.startsWith('mail/')
      ? namesIn(source)
          .fields.filter((one) => one.name === field)
          .map((one) => ({ ...one, name }))
      : [],
  );
  return all.find(({ line, column }) => line === at.line && column === at.column + 1) ?? all[0];
}

function faultsOf(source: string, known: KnownNames): readonly Fault[] {
  let names: ReturnType<typeof namesIn>;
  try {
    names = namesIn(source);
  } catch (thrown) {
    const { line, column, name: message } = syntaxFault(source, asError(thrown));
    return [{ line, column, message: `expected a Handlebars template, but: ${message}` }];
  }
  return [
    ...unknown('field', names.fields, known.fields),
    ...unknown('partial', names.partials, known.partials),
    ...unknown('helper', names.helpers, known.helpers),
  ].toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function unknown(kind: string, names: readonly PlacedName[], known: readonly string[]): readonly Fault[] {
  return names
    .filter(({ name }) => !known.includes(name))
    .map(({ name, line, column }) => ({
      line,
      column,
      message: `there is no ${kind} "${name}"; ${suggestion(name, known)}`,
    }));
}

function knownNames(area: string, shipped: TemplateSources, own: TemplateSources): KnownNames {
  const isHere = ([name]: readonly [string, string]) => isHandlebars(name) && areaOf(name) === area;
  const ours = [...shipped].filter(isHere);
  const fields = new Set(['length']);
  for (const [, source] of ours) {
    const { fields: used, given } = namesIn(source);
    for (const { name } of used) fields.add(name);
    for (const name of given) fields.add(name);
  }
  for (const [, source] of [...own].filter(isHere)) for (const name of givenIn(source)) fields.add(name);
  const partials = ours
    .map(([name]) => name)
    .filter((name) => area === 'web' || name.startsWith('mail/partials/'))
    .map((name) => name.replace(/^.*\//, '').replace(/\.hbs$/, ''));
  return {
    fields: [...fields].toSorted(),
    partials,
    helpers: area === 'mail' ? [...helpers, ...mailHelpers] : helpers,
  };
}

function givenIn(source: string): readonly string[] {
  try {
    return namesIn(source).given;
  } catch {
    return []; // told as a fault of its own file
  }
}

const isHandlebars = (name: string): boolean => /\.(?:hbs|mjml)$/.test(name);

const areaOf = (name: string): string => name.slice(0, name.indexOf('/'));
