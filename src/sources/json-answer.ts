import { SourceError } from '../errors.ts';

/** Real answers have some ten; what calls itself for each level, as `JSON.stringify`, has no stack for thousands. */
const maxDepth = 256;

/**
 * The value in a JSON body. `expected` says in words what should have come, `from` where from. Throws `SourceError`:
 * `malformed` for nothing and for JSON that is cut off or nested over 256 deep, `not-recognised` for anything else,
 * e.g. an HTML error page.
 */
export function jsonAnswer(body: Uint8Array, expected: string, from: string): unknown {
  const text = new TextDecoder().decode(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const start = startOf(text);
    const cut = start === '' || start.startsWith('[') || start.startsWith('{');
    const came = start === '' ? 'an empty body' : cut ? 'JSON that is cut off or broken' : `"${start}"`;
    throw new SourceError(
      cut ? 'malformed' : 'not-recognised',
      `Expected ${expected} from ${from}; got ${came}. Try again later, or check the base URL.`,
      { cause: thrown },
    );
  }
  if (!isDeep(value)) return value;
  throw new SourceError(
    'malformed',
    `Expected ${expected} from ${from}; got JSON nested over ${maxDepth} deep. Check the base URL.`,
  );
}

function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return level.length > 0;
}

/**
 * The array in a JSON body. Throws as `jsonAnswer` does, and `reported` for an object with `error` or `message`, which
 * is how these servers report an error inside an answer that is well-formed.
 */
export function jsonArrayAnswer(body: Uint8Array, expected: string, from: string): unknown[] {
  const value = jsonAnswer(body, expected, from);
  if (Array.isArray(value)) return value;
  const reported = reportedError(value);
  if (reported !== undefined) {
    throw new SourceError('reported', `Expected ${expected} from ${from}; the source reports: ${reported}.`);
  }
  throw new SourceError(
    'not-recognised',
    `Expected ${expected} from ${from}; got "${startOf(new TextDecoder().decode(body))}". Check the base URL.`,
  );
}

/** What an object says in `error`, else in `message`; undefined where it says nothing there. */
export function reportedError(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('error' in value && typeof value.error === 'string') return startOf(value.error);
  if ('message' in value && typeof value.message === 'string') return startOf(value.message);
  return undefined;
}

function startOf(text: string): string {
  return text.slice(0, 120).replace(/\s+/g, ' ').trim();
}
