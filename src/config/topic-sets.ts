import { readFileSync } from 'node:fs';
import type { Topic } from '../domain/topic.ts';
import { packageFolder } from '../program-files.ts';
import { topics, type TopicBlocks } from './topic-schema.ts';
import { readYaml } from './yaml-text.ts';

/** The ready-made sets: each is a file of `topic-sets/`. */
export const topicSetNames = [
  'more-machine-learning',
  'math',
  'physics',
  'astro-ph',
  'q-bio',
  'econ-stat',
] as const;

export type TopicSetName = (typeof topicSetNames)[number];

/** Whether there is such a set. */
export function isTopicSetName(name: unknown): name is TopicSetName {
  return topicSetNames.some((known) => known === name);
}

/** The topics of a set by key, in its order. */
export function topicSet(name: TopicSetName): TopicBlocks {
  const file = new URL(`src/config/topic-sets/${name}.yaml`, packageFolder);
  return topics.parse(readYaml(readFileSync(file, 'utf8')).value);
}

/** The topics of these sets in order; a key that two of them have is that of the first. */
export function topicsOfSets(names: readonly TopicSetName[]): readonly Topic[] {
  const topicsByKey = new Map<string, Topic>();
  for (const name of names) {
    for (const topic of topicsOf(topicSet(name)))
      if (!topicsByKey.has(topic.key)) topicsByKey.set(topic.key, topic);
  }
  return [...topicsByKey.values()];
}

/** Blocks as topics, in their order. */
export function topicsOf(blocks: TopicBlocks): readonly Topic[] {
  return Object.entries(blocks).map(([key, { query, seeds, ...topic }]) => ({
    key,
    ...topic,
    ...(query === undefined ? {} : { query }),
    ...(seeds === undefined ? {} : { seeds }),
  }));
}
