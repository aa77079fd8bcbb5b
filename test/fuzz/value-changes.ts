import * as fc from 'fast-check';

/** JSON texts in place of a value: other types, numbers and texts that nobody expects, and a value that is nested deep. */
const oddValues = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1.5', '1e999', '1e-999', '9007199254740993', '""', '" "', '"0"'],
  ...['[]', '{}', '[null]', '[[]]', '[{}]', '[""]', '{"name":7}', '{"__proto__":{"a":1}}', '{"error":"no"}', '[1,"a",null]'],
  ...['"\\u0000"', '"\\ud800"', '"a\\ud800b"', '"\\u202e"', '"\\n\\n"', '"<b>&amp;</b>"', '"\\ufffe"', '"e\\u0301"'],
  ...['"2601.01234"', '"2601.01234v0"', `"2601.01234v${'9'.repeat(400)}"`, '"arXiv:astro-ph/0601001"', '"NA"', '"ok"'],
  ...['"10.1101/.."', '"10.1101/\\ud800"', '"10.1101/%"', '"10.48550/arxiv.2601.01234"', '"10.1101/a b"'],
  ...['"http://"', '"https://["', '"https://arxiv.org/abs/2601.01234v0"', '"javascript:1"', '"https://\\ud800"'],
  ...['"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999999Z"', '"2026-02-30T00:00:00Z"', '"2026-01-01"'],
  ...['"2026-01-01T00:00:00+99:99"', '"0000-00-00"', '"github.com/../.."', '"https://github.com/a/b/c"'],
  `"${'x'.repeat(5000)}"`,
  `"${' ,;and '.repeat(2000)}"`,
  `${'['.repeat(12_000)}${']'.repeat(12_000)}`,
  `${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}`,
  `[${'0,'.repeat(2000)}0]`,
] as const;

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
