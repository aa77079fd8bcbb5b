import type { z } from 'zod';
import { follow, type Follow } from '../domain/follow.ts';
import { block, list, text } from './values.ts';

const name = text(
  'a name of at most 100 characters with a letter or digit in it',
  (value) => value.length <= 100 && follow('author', value) !== undefined,
);

/** Authors and labs whose picked papers have feeds of their own. */
export const follows = block({
  authors: list(name, 'a list of names such as [Ada Example]').default([]),
  labs: list(name, 'a list of names such as [Example Institute]').default([]),
});

/** Each once, in the order of the file, in the spelling that stands there first. */
export function followsOf({ authors, labs }: z.output<typeof follows>): readonly Follow[] {
  const asked = [
    ...authors.map((one) => follow('author', one.trim())),
    ...labs.map((one) => follow('lab', one.trim())),
  ];
  const found = asked.filter((one) => one !== undefined);
  return [...Map.groupBy(found, placeOf).values()].flatMap(([first]) => first ?? []);
}

function placeOf({ kind, key }: Follow): string {
  return `${kind} ${key}`;
}
