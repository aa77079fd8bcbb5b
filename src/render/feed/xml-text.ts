/**
 * XML as text, for what is written ten thousand times in a publication: entries. All texts were cleaned by `checkedDocument`.
 *
 * References are hexadecimal, the form that the RSS profile asks for in plain text, and by which validators know that text
 * is meant as text; XML parsers read both alike.
 */

/** `<name attribute="…">text</name>` */
export function textElement(name: string, text: string, attributes: Attributes = {}): string {
  return `<${name}${written(attributes)}>${escapeText(text)}</${name}>`;
}

/** `<name attribute="…"/>` */
export function emptyElement(name: string, attributes: Attributes): string {
  return `<${name}${written(attributes)}/>`;
}

/** HTML in a CDATA section; it holds no `]]>`. */
export function htmlElement(name: string, html: string, attributes: Attributes = {}): string {
  return `<${name}${written(attributes)}><![CDATA[${html}]]></${name}>`;
}

export type Attributes = Readonly<Record<string, string | undefined>>;

function written(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}

const hex: Readonly<Record<string, string>> = { '&': '&#x26;', '<': '&#x3C;', '>': '&#x3E;' };

export function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => hex[character] ?? character);
}

export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;');
}

/** Text as HTML for a CDATA section; quotes stay as they are. */
export function textAsHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
