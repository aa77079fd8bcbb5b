import { parse, type DefaultTreeAdapterTypes as Tree, type ParserError } from 'parse5';

/** An element of a parsed page with its attributes and text. */
export interface PageElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Every element of a page in document order, and what a browser would have had to repair. */
export function readPage(html: string): { elements: readonly PageElement[]; errors: readonly string[] } {
  const errors: string[] = [];
  const document = parse(html, { onParseError: (error: ParserError) => errors.push(error.code) });
  return { elements: elementsBelow(document), errors };
}

function elementsBelow(node: Tree.ParentNode): PageElement[] {
  return node.childNodes.flatMap((child) => {
    if (!('tagName' in child)) return [];
    const attributes = Object.fromEntries(child.attrs.map(({ name, value }) => [name, value]));
    return [{ name: child.tagName, attributes, text: textOf(child) }, ...elementsBelow(child)];
  });
}

function textOf(node: Tree.ParentNode): string {
  return node.childNodes
    .map((child) => {
      if ('value' in child) return child.value;
      return 'childNodes' in child ? textOf(child) : '';
    })
    .join('');
}
