import { headerMap } from './message-parts.ts';

/** The fields of one block, by name in lower case. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/**
 * The blocks of fields in a delivery-status, feedback or disposition part: RFC 3464 section 2.1 parts them by
 * empty lines, folds long ones, and allows comments in parentheses. Some servers leave the empty line between
 * two recipients out: a second recipient, action or status starts a block as well.
 */
export function fieldBlocks(text: string): readonly Fields[] {
  return text
    .split(/\n[ \t]*\n/)
    .flatMap((block) => withoutRepeats(block.split(/\n(?![ \t])/)))
    .map(headerMap)
    .filter((fields) => fields.size > 0);
}

function withoutRepeats(lines: readonly string[]): readonly (readonly string[])[] {
  const blocks: string[][] = [[]];
  let seen = new Set<string>();
  for (const line of lines) {
    const name = /^(final-recipient|action|status)[ \t]*:/i.exec(line)?.[1]?.toLowerCase();
    if (name !== undefined && seen.has(name)) {
      blocks.push([]);
      seen = new Set();
    }
    if (name !== undefined) seen.add(name);
    blocks.at(-1)?.push(line);
  }
  return blocks;
}

/** The first value of a field, or undefined. */
export function field(fields: Fields, name: string): string | undefined {
  return fields.get(name)?.[0];
}

/** The text after the type of `rfc822; reader@example.net` (RFC 3464 section 2.1.2), without angle brackets. */
export function typedAddress(value: string | undefined): string | undefined {
  const bare = value?.replace(/^[\w-]+[ \t]*;[ \t]*/, '').trim();
  const found = /<?([^\s<>;,"']+@[^\s<>;,"']+)>?/.exec(bare ?? '');
  return found?.[1];
}
