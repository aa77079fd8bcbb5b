import * as fc from 'fast-check';
import { words } from './documents.ts';

/** What documents are made of, and what breaks readers of them. */
const fragments = [...words('fragments'), `v${'9'.repeat(400)}`];

/** In place of a number, a text or an attribute. */
const oddTexts = [...words('odd-texts'), '9'.repeat(400), `2601.01234v${'9'.repeat(400)}`];

/** One change to a document. */
export interface Mutation {
  readonly kind:
    | 'insert'
    | 'delete'
    | 'repeat'
    | 'byte'
    | 'swap'
    | 'value'
    | 'cut'
    | 'encode'
    | 'nest'
    | 'flood';
  /** From 0 to 1: where in the document. */
  readonly place: number;
  /** From 0 to 1: where the other span of a swap is. */
  readonly other: number;
  readonly length: number;
  readonly fragment: string;
  readonly odd: string;
  readonly byte: number;
}

/** Anywhere with the same chance: by itself fast-check would rather take the start. */
const share = fc.noBias(fc.nat(1_000_000)).map((millionths) => millionths / 1_000_000);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.oneof(
    {
      weight: 60,
      arbitrary: fc.constantFrom<Mutation['kind'][]>('insert', 'delete', 'repeat', 'byte', 'swap'),
    },
    { weight: 40, arbitrary: fc.constant<Mutation['kind']>('value') },
    { weight: 1, arbitrary: fc.constantFrom<Mutation['kind'][]>('cut', 'encode') },
    { weight: 1, arbitrary: fc.constant<Mutation['kind']>('nest') },
    { weight: 1, arbitrary: fc.constant<Mutation['kind']>('flood') },
  ),
  place: share,
  other: share,
  length: fc.nat(200),
  fragment: fc.constantFrom(...fragments),
  odd: fc.constantFrom(...oddTexts),
  byte: fc.nat(255),
});

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(mutation, { maxLength: 12 });

/** So deep that a reader that calls itself for each level has no stack left. */
const deepLevels = 12_000;
/** So long that time that grows with the square of it is seen. */
const floodBytes = 100_000;

/** The document with all changes, one after another. */
export function mutated(document: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  return changes.reduce<Uint8Array>(changed, document);
}

function changed(body: Uint8Array, change: Mutation): Uint8Array {
  const { place, length, fragment, byte } = change;
  const at = Math.floor(place * body.byteLength);
  const [before, after] = [body.subarray(0, at), body.subarray(at)];
  switch (change.kind) {
    case 'insert':
      return Buffer.concat([before, Buffer.from(fragment), after]);
    case 'delete':
      return Buffer.concat([before, after.subarray(length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 'byte':
      return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    case 'cut':
      return before;
    case 'swap':
      return swapped(body, change);
    case 'value':
      return Buffer.concat([before, withOddValue(after, change.odd)]);
    case 'encode':
      return encoded(body, byte);
    case 'nest': {
      const [open = '', close = ''] = nestings[byte % nestings.length] ?? [];
      const middle = Buffer.concat([
        Buffer.from(open.repeat(deepLevels)),
        after.subarray(0, length),
        Buffer.from(close.repeat(deepLevels)),
      ]);
      return Buffer.concat([before, middle, after.subarray(length)]);
    }
    case 'flood': {
      const times = Math.ceil(floodBytes / Math.max(1, Buffer.byteLength(fragment)));
      return Buffer.concat([before, Buffer.from(fragment.repeat(times)), after]);
    }
  }
}

const nestings = [
  ['[', ']'],
  ['{"a":', '}'],
  ['<b>', '</b>'],
  ['<div>', '</div>'],
  ['{', '}'],
  ['(', ')'],
] as const;

function swapped(body: Uint8Array, { place, other, length }: Mutation): Uint8Array {
  const [at, to] = [place, other]
    .map((share) => Math.floor(share * body.byteLength))
    .toSorted((a, b) => a - b);
  if (at === undefined || to === undefined || to < at + length) return body;
  return Buffer.concat([
    body.subarray(0, at),
    body.subarray(to, to + length),
    body.subarray(at + length, to),
    body.subarray(at, at + length),
    body.subarray(to + length),
  ]);
}

/** The next number, quoted text, text of an element or rest of a line replaced. */
function withOddValue(after: Uint8Array, odd: string): Uint8Array {
  const text = Buffer.from(after).toString('latin1');
  const found = /\d+(?:[.-]\d+)*|"[^"\n]{1,300}"|>[^<>]{1,300}<|: [^\n]{1,300}\n/.exec(text);
  if (!found) return after;
  const [whole] = found;
  const isWrapped = /^[">:]/.test(whole);
  const start = found.index + (isWrapped ? 1 : 0);
  const end = found.index + whole.length - (isWrapped ? 1 : 0);
  return Buffer.concat([after.subarray(0, start), Buffer.from(odd), after.subarray(end)]);
}

/** The same text in another encoding, or with a mark of one in front. */
function encoded(body: Uint8Array, byte: number): Uint8Array {
  const text = Buffer.from(body).toString('utf8');
  switch (byte % 4) {
    case 0:
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 1:
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 2:
      return Buffer.from(text, 'latin1');
    default:
      return Buffer.from(`\ufeff${text}`);
  }
}
