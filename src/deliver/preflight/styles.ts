import type { DefaultTreeAdapterTypes as Tree } from 'parse5';

/** A declaration with its place in the cascade (CSS Cascade 5 section 6). */
interface Declaration {
  readonly property: string;
  readonly value: string;
  readonly isImportant: boolean;
}

interface Rule {
  readonly compounds: readonly Compound[];
  readonly declarations: readonly Declaration[];
  readonly specificity: number;
}

/** `tag.class.class`, and how the one before it stands: anywhere above, or right above. */
interface Compound {
  readonly tag?: string;
  readonly classes: readonly string[];
  readonly id?: string;
  readonly isChild: boolean;
}

export interface StyleRules {
  /** The declared values of an element, by property. */
  of(element: Tree.Element): ReadonlyMap<string, string>;
}

/**
 * What the style sheets and `style` attributes of a mail say, with what a dark colour scheme adds when `isDark`. Knows the
 * selectors of mails: tags, classes and ids, below and right below each other; a rule with another selector, and one
 * for certain widths or print, says nothing here.
 */
export function styleRules(sheets: readonly string[], isDark: boolean): StyleRules {
  const rules = sheets.flatMap((sheet) => rulesOf(sheet.replace(/\/\*[\s\S]*?\*\/|<!--|-->/g, ''), isDark));
  return {
    of(element) {
      const found: { readonly declaration: Declaration; readonly weight: number }[] = [];
      for (const rule of rules) {
        if (!fits(element, rule.compounds)) continue;
        for (const declaration of rule.declarations) found.push({ declaration, weight: rule.specificity });
      }
      for (const declaration of declarationsOf(attribute(element, 'style') ?? '')) {
        found.push({ declaration, weight: 1e6 });
      }
      const values = new Map<string, string>();
      const inOrder = found.toSorted(
        (a, b) =>
          Number(a.declaration.isImportant) - Number(b.declaration.isImportant) || a.weight - b.weight,
      );
      for (const { declaration } of inOrder) values.set(declaration.property, declaration.value);
      return values;
    },
  };
}

export function attribute(element: Tree.Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value;
}

function rulesOf(sheet: string, isDark: boolean): readonly Rule[] {
  const rules: Rule[] = [];
  let at = 0;
  while (at < sheet.length) {
    const open = sheet.indexOf('{', at);
    if (open < 0) break;
    const end = blockEnd(sheet, open);
    const prelude = sheet
      .slice(at, open)
      .replace(/^[^@{}]*;/, '')
      .trim();
    const body = sheet.slice(open + 1, end);
    at = end + 1;
    if (prelude.startsWith('@')) {
      const isOurs = /^@media[^{]*prefers-color-scheme:\s*dark/i.test(prelude) && isDark;
      if (isOurs || /^@media\s+(?:all|screen)\s*$/i.test(prelude)) rules.push(...rulesOf(body, isDark));
      continue;
    }
    const declarations = declarationsOf(body);
    for (const selector of prelude.split(',')) {
      const compounds = compoundsOf(selector.trim());
      if (compounds) rules.push({ compounds, declarations, specificity: specificityOf(compounds) });
    }
  }
  return rules;
}

function blockEnd(sheet: string, open: number): number {
  let depth = 0;
  for (let at = open; at < sheet.length; at += 1) {
    if (sheet[at] === '{') depth += 1;
    else if (sheet[at] === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return sheet.length;
}

function declarationsOf(text: string): readonly Declaration[] {
  return text.split(';').flatMap((part): Declaration[] => {
    const colon = part.indexOf(':');
    if (colon < 0) return [];
    const property = part.slice(0, colon).trim().toLowerCase();
    const written = part.slice(colon + 1).trim();
    const value = written.replace(/\s*!important$/i, '');
    return [{ property, value, isImportant: value !== written }];
  });
}

/** Undefined for a selector that is not known here. */
function compoundsOf(selector: string): readonly Compound[] | undefined {
  const words = selector.replace(/\s*>\s*/g, ' > ').split(/\s+/);
  const compounds: Compound[] = [];
  let isChild = false;
  for (const word of words) {
    if (word === '>') {
      isChild = true;
      continue;
    }
    const parts = /^([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)$/i.exec(word);
    if (!parts || word === '') return undefined;
    const marks = parts[2]?.match(/[.#][\w-]+/g) ?? [];
    const id = marks.find((mark) => mark.startsWith('#'))?.slice(1);
    compounds.push({
      ...(parts[1] !== undefined && { tag: parts[1].toLowerCase() }),
      classes: marks.filter((mark) => mark.startsWith('.')).map((mark) => mark.slice(1)),
      ...(id !== undefined && { id }),
      isChild,
    });
    isChild = false;
  }
  return compounds;
}

function specificityOf(compounds: readonly Compound[]): number {
  return compounds.reduce(
    (sum, { tag, classes, id }) =>
      sum + (id === undefined ? 0 : 10_000) + classes.length * 100 + (tag === undefined ? 0 : 1),
    0,
  );
}

function fits(element: Tree.Element, compounds: readonly Compound[]): boolean {
  const last = compounds.at(-1);
  if (!last || !isOne(element, last)) return false;
  const before = compounds.slice(0, -1);
  if (before.length === 0) return true;
  let above = parentOf(element);
  if (last.isChild) return above !== undefined && fits(above, before);
  while (above) {
    if (fits(above, before)) return true;
    above = parentOf(above);
  }
  return false;
}

function isOne(element: Tree.Element, { tag, classes, id }: Compound): boolean {
  if (tag !== undefined && tag !== element.tagName) return false;
  if (id !== undefined && id !== attribute(element, 'id')) return false;
  if (classes.length === 0) return true;
  const own = (attribute(element, 'class') ?? '').split(/\s+/);
  return classes.every((name) => own.includes(name));
}

function parentOf(element: Tree.Element): Tree.Element | undefined {
  const parent = element.parentNode;
  return parent && 'tagName' in parent ? parent : undefined;
}
