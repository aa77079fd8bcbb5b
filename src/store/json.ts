/**
 * JSON columns are written by the store file that reads them, in one shape: these two name that trust
 * in one place and still refuse a value of another kind.
 */
import { StoreError } from '../errors.ts';

const shortTexts = new Map<string, object>();
const longestKept = 64;
const mostKept = 5_000;

export function jsonList<T>(text: string): readonly T[] {
  const value = parsed(text);
  if (!Array.isArray(value)) throw new StoreError(`expected a stored JSON list, found ${text.slice(0, 40)}`);
  return value as T[];
}

export function jsonObject<T extends object>(text: string): T {
  const value = parsed(text);
  if (Array.isArray(value)) throw new StoreError(`expected a stored JSON object, found ${text.slice(0, 40)}`);
  return value as T;
}

/** Nearly all lists of categories, and of where facts came from, are among a few: reading one again costs ten times as much. */
function parsed(text: string): object {
  const kept = text.length <= longestKept ? shortTexts.get(text) : undefined;
  if (kept) return kept;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) {
    throw new StoreError(`expected a stored JSON list or object, found ${text.slice(0, 40)}`);
  }
  if (text.length <= longestKept && shortTexts.size < mostKept) shortTexts.set(text, Object.freeze(value));
  return value;
}
