import { hash } from 'node:crypto';
import type { Topic } from '../domain/topic.ts';
import { matchingVersion } from '../rank/topics.ts';

/** Names the rules and the model by which facts about texts are found out. */
export function basisName(topics: readonly Topic[], model: string | undefined): string {
  return hash('sha256', JSON.stringify([matchingVersion, topics, model]), 'base64url').slice(0, 22);
}
