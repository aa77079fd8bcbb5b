/** Categories to look for: whole names, and starts of names written with `*` at the end. */
export interface CategoryPatterns {
  /** In lower case. */
  readonly names: ReadonlySet<string>;
  /** In lower case, without the `*`. */
  readonly starts: readonly string[];
}

/** `cs.RO` is that category, `cs.*` every one that begins so; upper and lower case are equal. */
export function categoryPatterns(written: readonly string[]): CategoryPatterns {
  const all = written.map((category) => category.toLowerCase());
  return {
    names: new Set(all.filter((category) => !category.endsWith('*'))),
    starts: all.filter((category) => category.endsWith('*')).map((category) => category.slice(0, -1)),
  };
}

/** The first of a paper's categories that is looked for, as the source writes it. */
export function findCategory(
  categories: readonly string[],
  { names, starts }: CategoryPatterns,
): string | undefined {
  return categories.find((written) => {
    const category = written.toLowerCase();
    return names.has(category) || starts.some((start) => category.startsWith(start));
  });
}
