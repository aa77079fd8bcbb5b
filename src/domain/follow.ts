/** An author or a lab whose papers have feeds of their own. */
export interface Follow {
  readonly kind: 'author' | 'lab';
  /** As people write it: `Ada Example`, `Example Institute`. */
  readonly name: string;
  /** `ada-example`, used in addresses; unique within the kind. */
  readonly key: string;
}

/** So that it is a file name everywhere, of letters of three bytes too. */
const longestKey = 80;

/** The follow of a name; undefined for a name without a letter or digit. */
export function follow(kind: Follow['kind'], name: string): Follow | undefined {
  const key = foldedName(name).slice(0, longestKey).trim().replaceAll(' ', '-');
  return key === '' ? undefined : { kind, name, key };
}

/**
 * A name as it is compared: lower case, without accents and punctuation, so that `Zoë O’Example` and
 * `Zoe O'Example` are one. Letters of other scripts stay.
 */
export function foldedName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}+|['’`]/gu, '')
    .replace(/[^\p{L}\p{N}\p{Mc}]+/gu, ' ')
    .trim()
    .normalize('NFC');
}
