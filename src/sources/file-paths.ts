import { glob } from 'node:fs/promises';

/**
 * The files that paths name, each once: a path as it is, also when nothing is there (reading it tells why); a
 * pattern with `*`, `?` or `[…]` as the files that match it now, in the order of their names. A pattern that nothing
 * matches stays, so that reading it says so: files that are gone must not look like a quiet day.
 */
export async function filesAt(paths: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    if (!/[*?[]/.test(path)) {
      files.add(path);
      continue;
    }
    const found: string[] = [];
    for await (const entry of glob(path, { withFileTypes: false })) found.push(entry);
    for (const file of found.length > 0 ? found.toSorted() : [path]) files.add(file);
  }
  return [...files];
}
