/** A header field of RFC 5322 with the bytes it goes out with. */
export interface HeaderField {
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** Name, value and folding, without the CRLF at its end. */
  readonly raw: string;
  /** Its relaxed form for DKIM (RFC 6376 section 3.4.2), without the CRLF at its end. */
  readonly relaxed: string;
}

/** A field from the text it goes out with: `Name: value`, folded by CRLF and white space or not at all. */
export function headerField(raw: string): HeaderField {
  const colon = raw.indexOf(':');
  const name = raw.slice(0, colon).trimEnd();
  const value = raw
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  const key = name.toLowerCase();
  return { name, key, raw, relaxed: `${key}:${value}` };
}

/** The fields of a header section as a library wrote it. */
export function headerFields(section: string): readonly HeaderField[] {
  return section
    .split(/\r\n(?![ \t])/)
    .filter((raw) => raw !== '')
    .map(headerField);
}
