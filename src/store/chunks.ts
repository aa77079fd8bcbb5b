/** At most so many ids stand in one `in (…)`: well under SQLite's limit of bound values. */
export const idsPerQuery = 500;

/** Cuts a list into pieces of at most `size`. */
export function chunks<T>(list: readonly T[], size: number): readonly T[][] {
  const pieces: T[][] = [];
  for (let start = 0; start < list.length; start += size) pieces.push(list.slice(start, start + size));
  return pieces;
}
