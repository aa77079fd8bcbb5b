import { hash } from 'node:crypto';
import type { Edition } from '../domain/edition.ts';

/** A short name for all of these together: another one when anything in them is another. */
export function basisOf(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 16);
}

/** Names an edition and its content: it is frozen, and no two of a digest have a number. */
export function editionName({ digest, editionDate, number, publishedAt }: Edition): string {
  return `${digest} ${editionDate} ${number} ${publishedAt}`;
}
