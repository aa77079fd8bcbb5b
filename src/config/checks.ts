import { lateKey } from '../domain/edition.ts';
import { parseQuery } from '../domain/query.ts';
import { asError } from '../errors.ts';
import { alarmFindings } from './alarms-schema.ts';
import { apiFindings } from './api-schema.ts';
import { isTopicSetName, topicSet } from './topic-sets.ts';
import { show, suggestion, valueAt, type Finding } from './faults.ts';
import { mailFindings } from './mail-checks.ts';
import { dkimFindings } from './mail-signing-schema.ts';
import { metricsFindings } from './metrics-schema.ts';
import { inboundFindings } from './inbound-schema.ts';
import { websubFindings } from './websub-schema.ts';

/**
 * What no single key can tell: names that stand twice, topics that do not exist, keys that need each other.
 * Works on the values as they stand in the file, so that it finds its faults beside those of the schema, and
 * passes over what the schema refuses anyway.
 */
export function crossFindings(value: unknown): readonly Finding[] {
  return [
    ...repeated(value, ['sources', 'signals'], 'name'),
    ...repeated(value, ['digests'], 'key'),
    ...topicFindings(value),
    ...topicSetFindings(value),
    ...digestTopicFindings(value),
    ...digestWaitFindings(value),
    ...mailFindings(value),
    ...dkimFindings(value),
    ...websubFindings(value),
    ...inboundFindings(value),
    ...apiFindings(value),
    ...metricsFindings(value),
    ...alarmFindings(value),
  ];
}

function entries(value: unknown, path: readonly PropertyKey[]): readonly [string, unknown][] {
  const at = valueAt(value, path);
  return typeof at === 'object' && at !== null ? Object.entries(at) : [];
}

function repeated(value: unknown, lists: readonly string[], key: string): Finding[] {
  const first = new Map<string, string>();
  const all = lists.flatMap((list) =>
    entries(value, [list]).map(([index, entry]) => ({ list, index, entry })),
  );
  return all.flatMap(({ list, index, entry }): Finding[] => {
    const name = valueAt(entry, [key]);
    if (typeof name !== 'string') return [];
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, `${list}.${index}`);
      return [];
    }
    const message = `expected a ${key} of its own, got ${show(name)}, which ${earlier} has; choose another`;
    return [{ path: [list, index, key], part: 'value', message }];
  });
}

/** Sections that are no topics. */
const reservedKeys = new Map([
  ['outside', 'papers outside all topics'],
  [lateKey, 'papers that rose after the last edition'],
]);

function topicFindings(value: unknown): Finding[] {
  return entries(value, ['topics']).flatMap(([key, topic]): Finding[] => {
    const path = ['topics', key];
    const reserved = reservedKeys.get(key);
    if (reserved !== undefined) {
      const message = `expected another key: "${key}" is the section of ${reserved}; choose another`;
      return [{ path, part: 'key', message }];
    }
    if (typeof topic !== 'object' || topic === null) return [];
    const query = valueAt(topic, ['query']);
    if (typeof query === 'string' && query.trim() !== '') return queryFindings([...path, 'query'], query);
    const matchesSomething = ['include', 'categories', 'keywords', 'query'].some((rule) => {
      const rules = valueAt(topic, [rule]);
      return rules !== undefined && !(Array.isArray(rules) && rules.length === 0);
    });
    if (matchesSomething) return [];
    const message = 'matches no paper; give it include, categories, keywords or a query';
    return [{ path, part: 'key', message }];
  });
}

function queryFindings(path: readonly PropertyKey[], query: string): Finding[] {
  const parsed = parseQuery(query);
  if ('query' in parsed) return [];
  const { column, message } = parsed.fault;
  return [{ path, part: 'value', message: `column ${column} of the query: ${message}` }];
}

function topicSetFindings(value: unknown): Finding[] {
  const isBlock = typeof value === 'object' && value !== null && !Array.isArray(value);
  const hasTopics = valueAt(value, ['topics']) !== undefined || entries(value, ['topicSets']).length > 0;
  if (isBlock && !hasTopics) {
    const message = 'missing; add it: a block of topics by key, or topicSets for ready-made ones';
    return [{ path: ['topics'], part: 'key', message }];
  }
  const seen = new Set<unknown>();
  return entries(value, ['topicSets']).flatMap(([index, name]): Finding[] => {
    const isRepeated = seen.has(name);
    seen.add(name);
    if (!isRepeated) return [];
    return [
      {
        path: ['topicSets', index],
        part: 'value',
        message: `the set ${show(name)} stands twice; remove one`,
      },
    ];
  });
}

/** The keys of all topics, those of the ready-made sets too. */
function topicKeys(value: unknown): readonly string[] {
  const sets = entries(value, ['topicSets']).map(([, name]) => name);
  const ready = sets.filter(isTopicSetName).flatMap((name) => Object.keys(topicSet(name)));
  return [...new Set([...entries(value, ['topics']).map(([key]) => key), ...ready])];
}

function digestTopicFindings(value: unknown): Finding[] {
  const known = topicKeys(value);
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

/** An edition that waits must still be in time at its deadline. */
function digestWaitFindings(value: unknown): Finding[] {
  return entries(value, ['digests']).flatMap(([index, digest]): Finding[] => {
    const minutes = valueAt(digest, ['waitMinutes']);
    const hours = valueAt(digest, ['maxLatenessHours']) ?? 6;
    if (typeof minutes !== 'number' || typeof hours !== 'number' || minutes < hours * 60) return [];
    const message =
      `expected less than the ${hours} h of maxLatenessHours, got ${minutes} minutes; ` +
      'lower it, or set a larger maxLatenessHours';
    return [{ path: ['digests', index, 'waitMinutes'], part: 'value', message }];
  });
}

/** `ENOENT: no such file or directory`, without the path, which the message names itself. */
export function reason(error: unknown): string {
  return asError(error).message.replace(/, \w+( '.*')?$/, '');
}
