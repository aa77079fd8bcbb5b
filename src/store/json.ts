/**
 * JSON columns are written by the store file that reads them, in one shape: these two name that trust
 * in one place and still refuse a value of another kind.
 */
import { StoreError } from '../errors.ts';

export function jsonList<T>(text: string): readonly T[] {
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
