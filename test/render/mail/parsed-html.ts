import { defaultTreeAdapter as tree, parse, type DefaultTreeAdapterTypes } from 'parse5';

/** HTML as a browser understands it: elements in document order, visible text, addresses. */
export interface ParsedHtml {
  readonly elements: readonly string[];
  readonly text: string;
  readonly links: readonly string[];
  /** Contents of `h3` elements and of list lines, in order. */
  readonly titles: readonly string[];
}

/** Reads a mail; white space in the texts is collapsed. */
export function parsedHtml(html: string): ParsedHtml {
  const elements: string[] = [];
  const links: string[] = [];
  const titles: string[] = [];

  function visit(node: DefaultTreeAdapterTypes.Node): string {
    if (tree.isTextNode(node)) return node.value;
    if (!('childNodes' in node)) return '';
    if (!tree.isElementNode(node)) return node.childNodes.map(visit).join('');
    elements.push(node.tagName);
    const text = node.childNodes.map(visit).join('');
    const href = node.attrs.find((attribute) => attribute.name === 'href')?.value;
    if (href !== undefined) links.push(href);
    if (node.tagName === 'a' && !text.includes('web')) titles.push(collapsed(text));
    return node.tagName === 'style' ? '' : `${text} `;
  }

  const text = collapsed(visit(parse(html)));
  return { elements, text, links, titles };
}

/** Every run of white space as one space. */
export function collapsed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
