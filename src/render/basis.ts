import { hash } from 'node:crypto';
import type { Edition } from '../domain/edition.ts';

/** A short name for all of these together: another one when anything in them is another. */
export function basisOf(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 16);
}

const names = new WeakMap<Edition, string>();

/** Names an edition by its whole content: another database may hold another one of the same number and time. */
export function editionName(edition: Edition): string {
  const name = names.get(edition) ?? basisOf(edition);
  names.set(edition, name);
  return name;
}
