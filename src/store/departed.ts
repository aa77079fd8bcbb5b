import type { GoneFile, PublishedList } from './published-list.ts';

/** Addresses that changed for good: that of one file, or where both end in a slash, of all below a folder. */
export interface Move {
  /** Below the site's root, without a slash in front: `t/old/` or `rss.xml`. */
  readonly from: string;
  readonly to: string;
}

/**
 * What becomes of addresses that were public, when `files` is all that a publication makes: they have moved where a
 * rule says so or once said so, else they are gone since `at` (seconds since 1970). A move is kept after its
 * rule has left the configuration, for as long as its target exists. A document that is made again is neither.
 */
export function departed(
  before: PublishedList,
  files: ReadonlyMap<string, string>,
  rules: readonly Move[],
  at: number,
): Pick<PublishedList, 'moved' | 'gone'> {
  const wanted = new Map([...before.moved, ...rules.flatMap((rule) => movesOf(rule, files))]);
  const moved = new Map<string, string>();
  const gone = new Map<string, GoneFile>();
  for (const path of wanted.keys()) {
    const target = files.has(path) ? undefined : endOf(path, wanted, files);
    if (target !== undefined) moved.set(path, target);
  }
  for (const path of [...before.gone.keys(), ...before.files.keys(), ...before.moved.keys()]) {
    if (files.has(path) || moved.has(path)) continue;
    const contentType = before.files.get(path) ?? contentTypeOf(path);
    gone.set(path, before.gone.get(path) ?? { contentType, at });
  }
  return { moved, gone };
}

function movesOf(rule: Move, files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  if (!rule.from.endsWith('/')) return [[rule.from, rule.to]];
  return [...files.keys()]
    .filter((path) => path.startsWith(rule.to))
    .map((path) => [rule.from + path.slice(rule.to.length), path]);
}

/** Where moves one after another lead; undefined when they lead in a circle or to nothing. */
function endOf(
  path: string,
  moves: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string>,
): string | undefined {
  const seen = new Set([path]);
  for (let target = moves.get(path); target !== undefined; target = moves.get(target)) {
    if (files.has(target)) return target;
    if (seen.has(target)) return undefined;
    seen.add(target);
  }
  return undefined;
}

/** Of a file that had moved, and whose target has gone since. */
function contentTypeOf(path: string): string {
  if (path.endsWith('.html')) return 'text/html; charset=utf-8';
  if (path.endsWith('.json')) return 'application/feed+json; charset=utf-8';
  if (path.endsWith('atom.xml')) return 'application/atom+xml; charset=utf-8';
  return path.endsWith('.xml') ? 'application/rss+xml; charset=utf-8' : 'application/octet-stream';
}
