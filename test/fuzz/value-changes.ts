import * as fc from 'fast-check';
import { words } from './documents.ts';

/** JSON texts in place of a value: other types, numbers and texts that nobody expects, and a value that is nested deep. */
const oddValues = [
  ...words('odd-values'),
  `"2601.01234v${'9'.repeat(400)}"`,
  `"${'x'.repeat(5000)}"`,
  `"${' ,;and '.repeat(2000)}"`,
  `${'['.repeat(12_000)}${']'.repeat(12_000)}`,
  `${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}`,
  `[${'0,'.repeat(2000)}0]`,
];

/** One change to a value inside a JSON document. */
export interface ValueChange {
  readonly kind: 'replace' | 'remove' | 'repeat' | 'wrap' | 'swap';
  /** The way from the root: at each level the nth child. */
  readonly path: readonly number[];
  /** Of `oddValues`. */
  readonly odd: number;
}

export const valueChanges: fc.Arbitrary<ValueChange[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constant<ValueChange['kind']>('replace') },
      {
        weight: 4,
        arbitrary: fc.constantFrom<ValueChange['kind'][]>('remove', 'repeat', 'wrap', 'swap'),
      },
    ),
    path: fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }),
    odd: fc.nat(oddValues.length - 1),
  }),
  { minLength: 1, maxLength: 5 },
);

const placeholder = /"@odd(\d+)@"/g;

/**
 * A JSON document, or JSON lines, with all changes made: in the document, or in the line that the first change names.
 * Undefined when it is neither.
 */
export function withValueChanges(
  document: Uint8Array,
  changes: readonly ValueChange[],
): Uint8Array | undefined {
  const text = Buffer.from(document).toString('utf8');
  const whole = parsed(text);
  if (whole !== undefined) return Buffer.from(changedText(whole, changes));
  const lines = text.split('\n');
  const at = (changes[0]?.path[0] ?? 0) % lines.length;
  const line = parsed(lines[at] ?? '');
  if (line === undefined) return undefined;
  return Buffer.from(lines.with(at, changedText(line, changes)).join('\n'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Odd values go in as text after the rest was written: some have no value in JavaScript that would be written so. */
function changedText(value: unknown, changes: readonly ValueChange[]): string {
  const root = { value };
  for (const change of changes) apply(root, change);
  return JSON.stringify(root.value ?? null).replaceAll(
    placeholder,
    (_, odd: string) => oddValues[Number(odd)] ?? 'null',
  );
}

function apply(root: { value: unknown }, { kind, path, odd }: ValueChange): void {
  let holder: Record<string, unknown> = root;
  let key = 'value';
  for (const step of path) {
    const value = holder[key];
    if (typeof value !== 'object' || value === null) break;
    const keys = Object.keys(value);
    if (keys.length === 0) break;
    // An array is an object of its places as well.
    holder = value as Record<string, unknown>;
    key = keys[step % keys.length] ?? '';
  }
  const value = holder[key];
  switch (kind) {
    case 'replace':
      holder[key] = `@odd${odd}@`;
      break;
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 'repeat':
      if (Array.isArray(holder)) holder.splice(Number(key), 0, value);
      else holder[`${key}2`] = value;
      break;
    case 'wrap':
      holder[key] = odd % 2 === 0 ? [value] : { [key]: value };
      break;
    case 'swap': {
      const keys = Object.keys(holder);
      const other = keys[odd % keys.length] ?? key;
      [holder[key], holder[other]] = [holder[other], value];
      break;
    }
  }
}
