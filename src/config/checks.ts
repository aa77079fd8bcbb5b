import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asError } from '../errors.ts';
import { show, suggestion, valueAt, type Finding } from './faults.ts';

/** The process environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What no single key can tell: names that stand twice, topics that do not exist, keys that need each other.
 * Works on the values as they stand in the file, so that it finds its faults beside those of the schema, and
 * passes over what the schema refuses anyway.
 */
export function crossFindings(value: unknown): readonly Finding[] {
  return [
    ...repeated(value, 'sources', 'name'),
    ...repeated(value, 'digests', 'key'),
    ...topicFindings(value),
    ...digestTopicFindings(value),
    ...mailFindings(value),
  ];
}

function entries(value: unknown, path: readonly PropertyKey[]): readonly [string, unknown][] {
  const at = valueAt(value, path);
  return typeof at === 'object' && at !== null ? Object.entries(at) : [];
}

function repeated(value: unknown, list: string, key: string): Finding[] {
  const first = new Map<unknown, string>();
  return entries(value, [list]).flatMap(([index, entry]): Finding[] => {
    const name = valueAt(entry, [key]);
    if (typeof name !== 'string') return [];
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    const message = `expected a ${key} of its own, got ${show(name)}, which ${list}.${earlier} has; choose another`;
    return [{ path: [list, index, key], part: 'value', message }];
  });
}

function topicFindings(value: unknown): Finding[] {
  return entries(value, ['topics']).flatMap(([key, topic]): Finding[] => {
    const path = ['topics', key];
    if (key === 'outside') {
      const message =
        'expected another key: "outside" is the section of papers outside all topics; choose another';
      return [{ path, part: 'key', message }];
    }
    if (typeof topic !== 'object' || topic === null) return [];
    const matchesSomething = ['include', 'categories', 'keywords'].some((rule) => {
      const rules = valueAt(topic, [rule]);
      return rules !== undefined && !(Array.isArray(rules) && rules.length === 0);
    });
    if (matchesSomething) return [];
    return [{ path, part: 'key', message: 'matches no paper; give it include, categories or keywords' }];
  });
}

function digestTopicFindings(value: unknown): Finding[] {
  const known = entries(value, ['topics']).map(([key]) => key);
  return entries(value, ['digests']).flatMap(([index, digest]) => {
    const seen = new Set<string>();
    return entries(digest, ['topics']).flatMap(([place, topic]): Finding[] => {
      if (typeof topic !== 'string') return [];
      const path = ['digests', index, 'topics', place];
      if (seen.has(topic)) {
        return [{ path, part: 'value', message: `the topic ${show(topic)} stands twice; remove one` }];
      }
      seen.add(topic);
      if (known.includes(topic)) return [];
      const message = `expected a key of topics, got ${show(topic)}; ${suggestion(topic, known)}`;
      return [{ path, part: 'value', message }];
    });
  });
}

function mailFindings(value: unknown): Finding[] {
  const found: Finding[] = [];
  const at = (...path: string[]) => valueAt(value, ['mail', ...path]);
  const isSmtp = at('transport') === 'smtp';
  if (isSmtp && at('from') === undefined) {
    const message =
      'missing; the transport smtp needs it: the sender, such as "The Paper <paper@example.org>"';
    found.push({ path: ['mail', 'from'], part: 'key', message });
  }
  if (isSmtp && at('smtp') === undefined) {
    const message = 'missing; the transport smtp needs it: a block with at least host';
    found.push({ path: ['mail', 'smtp'], part: 'key', message });
  }
  const hasEnv = at('smtp', 'passwordEnv') !== undefined;
  const hasFile = at('smtp', 'passwordFile') !== undefined;
  if (hasEnv && hasFile) {
    const message = 'expected passwordEnv or passwordFile, got both; remove one';
    found.push({ path: ['mail', 'smtp', 'passwordFile'], part: 'key', message });
  }
  if ((hasEnv || hasFile) && at('smtp', 'user') === undefined) {
    const message = 'missing; a password needs the user it belongs to';
    found.push({ path: ['mail', 'smtp', 'user'], part: 'key', message });
  }
  if (at('smtp', 'user') !== undefined && !hasEnv && !hasFile) {
    const message =
      'has no password; add passwordEnv or passwordFile, or remove user for a server without login';
    found.push({ path: ['mail', 'smtp', 'user'], part: 'key', message });
  }
  return found;
}

/**
 * The SMTP password, when the transport is smtp and one is named: from the environment, or the first line of
 * a file below `folder`. A secret that is named and not there is a finding; no finding quotes a secret.
 */
export function readPassword(
  value: unknown,
  folder: string,
  environment: Environment,
): { readonly password?: string; readonly found: readonly Finding[] } {
  if (valueAt(value, ['mail', 'transport']) !== 'smtp') return { found: [] };
  const smtp = ['mail', 'smtp'];
  const fault = (key: string, message: string) => ({
    found: [{ path: [...smtp, key], part: 'value' as const, message }],
  });

  const name = valueAt(value, [...smtp, 'passwordEnv']);
  if (typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)) {
    const password = environment[name];
    return password
      ? { password, found: [] }
      : fault(
          'passwordEnv',
          `expected the environment variable ${name} to hold the password, got nothing; set it`,
        );
  }

  const path = valueAt(value, [...smtp, 'passwordFile']);
  if (typeof path === 'string' && path.trim() !== '') {
    try {
      const [password] = readFileSync(resolve(folder, path), 'utf8').split(/\r?\n/);
      if (password) return { password, found: [] };
      return fault(
        'passwordFile',
        `expected the password on the first line of ${path}, got nothing; write it there`,
      );
    } catch (error) {
      return fault(
        'passwordFile',
        `expected a readable file, got ${reason(error)}; create ${path} or name another`,
      );
    }
  }
  return { found: [] };
}

/** `ENOENT: no such file or directory`, without the path, which the message names itself. */
export function reason(error: unknown): string {
  return asError(error).message.replace(/, \w+( '.*')?$/, '');
}
