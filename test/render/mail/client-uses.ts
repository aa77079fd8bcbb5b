import { defaultTreeAdapter as tree, parse, type DefaultTreeAdapterTypes } from 'parse5';
import type { Client, Use } from './client-table.ts';

/**
 * The HTML as a client sees it: conditional comments are markup to Word and comments to the others (Microsoft,
 * "About conditional comments"). `IE` is no client here.
 */
export function asSeenBy(client: Client, html: string): string {
  const isWord = client === 'outlook';
  return html
    .replace(/<!--\[if !mso[^\]]*\]><!-->([\s\S]*?)<!--<!\[endif\]-->/g, (_, inside: string) =>
      isWord ? '' : inside,
    )
    .replace(/<!--\[if ([^\]]*)\]>([\s\S]*?)<!\[endif\]-->/g, (_, condition: string, inside: string) =>
      isWord && /\bmso\b/.test(condition) && !/lte mso 11/.test(condition) ? inside : '',
    );
}

/** Everything in a mail that a client must know, each use once. */
export function usesIn(html: string): readonly Use[] {
  const uses = new Map<string, Use>();
  const add = (feature: string, on: string, value: string) => {
    const use = { feature, on, value: value.trim().toLowerCase() };
    uses.set(`${feature}|${on}|${use.value}`, use);
  };
  const addDeclarations = (on: string, text: string) => {
    for (const [property, value] of declarations(text)) add(`property ${property}`, on, value);
  };

  function visit(node: DefaultTreeAdapterTypes.Node): void {
    if (tree.isElementNode(node)) {
      const on = node.tagName;
      add(`element ${on}`, on, '');
      for (const { name, value, prefix } of node.attrs) {
        add(`attribute ${prefix ? `${prefix}:` : ''}${name}`, on, ownWords.has(name) ? '' : value);
        if (name === 'style') addDeclarations(on, value);
      }
      if (on === 'style')
        addSheet(node.childNodes.map((child) => ('value' in child ? child.value : '')).join(''));
    }
    if ('childNodes' in node) node.childNodes.forEach(visit);
  }

  function addSheet(sheet: string): void {
    for (const { prelude, body } of blocks(sheet)) {
      if (prelude.startsWith('@')) {
        const kind = prelude.includes('prefers-color-scheme') ? 'prefers-color-scheme' : 'width';
        add(/^@media\b/.test(prelude) ? `at-rule media ${kind}` : `at-rule ${prelude}`, '', '');
        addSheet(body);
        continue;
      }
      if (prelude.includes(',')) add('selector grouping', '', '');
      for (const selector of prelude.split(',')) {
        for (const kind of selectorKinds(selector.trim())) add(`selector ${kind}`, '', selector);
      }
      for (const [property, value] of declarations(body)) add(`property ${property}`, 'sheet', value);
    }
  }

  visit(parse(html));
  return [...uses.values()];
}

/** Attributes whose values are texts, addresses and names of ours. */
const ownWords = new Set(['style', 'class', 'href', 'content', 'aria-label', 'id', 'name', 'lang', 'media']);

function declarations(text: string): readonly (readonly [string, string])[] {
  return text.split(';').flatMap((part) => {
    const colon = part.indexOf(':');
    return colon < 0 ? [] : [[part.slice(0, colon).trim().toLowerCase(), part.slice(colon + 1)] as const];
  });
}

/** The top-level blocks of a style sheet; no string in a mail's sheet holds a brace. */
function blocks(sheet: string): readonly { readonly prelude: string; readonly body: string }[] {
  const found = sheet.matchAll(/([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}/g);
  return [...found].map(([, prelude = '', body = '']) => ({ prelude: prelude.trim(), body }));
}

function selectorKinds(selector: string): readonly string[] {
  const left = selector.replace(/:root|:hover/g, '');
  return [
    ...(/:root/.test(selector) ? ['root'] : []),
    ...(/:hover/.test(selector) ? ['hover'] : []),
    ...(/\./.test(left) ? ['class'] : []),
    ...(/#/.test(left) ? ['id'] : []),
    ...(/(?:^|[\s>])[a-z]/.test(left) ? ['type'] : []),
    ...(/>/.test(left) ? ['child'] : []),
    ...(/\w\s+[.#a-z]/.test(left) ? ['descendant'] : []),
    ...(/[^\w\s.#>-]/.test(left) ? [`unknown ${selector}`] : []),
  ];
}
