import type { z } from 'zod';
import type { ConfigFault } from '../errors.ts';
import type { YamlText } from './yaml-text.ts';

/** Something wrong at a path; `part` says whether the key or its value is meant. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly part: 'key' | 'value';
  readonly message: string;
}

/** What the schema found, one finding for each key, in words: what was expected, what came, what to do. */
export function findings(issues: readonly z.core.$ZodIssue[], value: unknown): readonly Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const { path, message } = issue;
    if (issue.code === 'unrecognized_keys') {
      const known = message.split(' ');
      return issue.keys.map((key) => ({
        path: [...path, key],
        part: 'key',
        message: unknownKey(key, known),
      }));
    }
    if (issue.code === 'invalid_key') {
      const expected = issue.issues[0]?.message ?? message;
      return [{ path, part: 'key', message: `expected ${expected}, got ${show(path.at(-1))}` }];
    }
    const came = valueAt(value, path);
    if (came === undefined) return [{ path, part: 'key', message: `missing; add it: ${message}` }];
    // What stands where the name of a variable should may be the secret itself.
    const shown = String(path.at(-1)).endsWith('Env') ? 'something else' : show(came);
    return [{ path, part: 'value', message: `expected ${message}, got ${shown}${hint(issue, came)}` }];
  });
}

/** The findings with the file and the place of each, in the order of the file. */
export function placed(found: readonly Finding[], yaml: YamlText, file: string): readonly ConfigFault[] {
  return found
    .map(({ path, part, message }) => ({
      file,
      ...yaml.place(path, part),
      path: path.map(String).join('.'),
      message,
    }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function unknownKey(key: string, known: readonly string[]): string {
  const secret = known.find((word) => word.endsWith('Env'))?.slice(0, -'Env'.length);
  if (secret !== undefined && /^pass(?:word|wd)?$|^(?:api[-_]?)?key$|^token$|secret/i.test(key)) {
    return `a secret never stands in this file; name an environment variable with ${secret}Env or a file with ${secret}File`;
  }
  return `unknown key; ${suggestion(key, known)}`;
}

/** `did you mean "baseUrl"?`, or the whole choice when nothing is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
}

/** The known word that a typing slip away from `word`: at most two letters wrong, and less than half of it. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= 2 && best.distance * 2 < best.candidate.length ? best.candidate : undefined;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    let diagonal = i;
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const above = row[j + 1] ?? 0;
      next.push(Math.min(above + 1, (next[j] ?? 0) + 1, diagonal + (letter === other ? 0 : 1)));
      diagonal = above;
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A value as a person would name it, short, on one line, without the credentials of an address. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a block of keys and values';
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value !== 'string') return `the value ${JSON.stringify(value)}`;
  const hidden = value.replace(/\/\/[^/@\s]*@/, '//…@');
  return JSON.stringify(hidden.length > 60 ? `${hidden.slice(0, 59)}…` : hidden);
}

function hint(issue: z.core.$ZodIssue, came: unknown): string {
  if (came === null) return '; write a value or remove the key';
  if (issue.code !== 'invalid_type') return '';
  if (issue.expected === 'string' && typeof came !== 'object') return '; put it in quotes';
  const isQuoted = typeof came === 'string' && /^-?\d+(?:\.\d+)?$|^true$|^false$/.test(came);
  return isQuoted && issue.expected !== 'object' && issue.expected !== 'array' ? '; remove the quotes' : '';
}

/** The value at a path of plain objects and lists, or undefined. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
}
