/**
 * JSON columns are written by the store file that reads them, in one shape: these two name that trust
 * in one place and still refuse a value of another kind.
 */
import { StoreError } from '../errors.ts';

const shortLists = new Map<string, readonly unknown[]>();
const longestKept = 64;
const mostKept = 5_000;

export function jsonList<T>(text: string): readonly T[] {
  // Nearly all lists of categories and keywords are among a few: reading one again costs ten times as much.
  const kept = text.length <= longestKept ? shortLists.get(text) : undefined;
  if (kept) return kept as readonly T[];
  const list = parsedList<T>(text);
  if (text.length <= longestKept && shortLists.size < mostKept) shortLists.set(text, Object.freeze(list));
  return list;
}

function parsedList<T>(text: string): readonly T[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new StoreError(`expected a stored JSON list, found ${text.slice(0, 40)}`);
  return value as T[];
}

export function jsonObject<T extends object>(text: string): T {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StoreError(`expected a stored JSON object, found ${text.slice(0, 40)}`);
  }
  return value as T;
}
