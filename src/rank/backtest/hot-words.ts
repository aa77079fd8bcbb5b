import type { PaperRecord } from '../../domain/paper.ts';
import { findPhrases, indexPhrases, parsePhrase } from '../phrases.ts';

/** What is talked about, as one would write it down without looking at any votes. */
const phrases = [
  'LLM',
  'large language model',
  'agent',
  'agentic',
  'reasoning',
  'chain of thought',
  'reinforcement learning',
  'RLHF',
  'GRPO',
  'verifiable reward',
  'test-time',
  'scaling',
  'mixture of experts',
  'long context',
  'multimodal',
  'vision-language',
  'diffusion model',
  'text-to-image',
  'text-to-video',
  'video generation',
  'world model',
  'embodied',
  'GUI',
  'deep research',
  'open source',
];

const index = indexPhrases(phrases.map((phrase) => parsePhrase(phrase, 'hot keywords')));
const titleCredit = 2;

/** The number of 25 hot keywords in a paper's abstract, plus two for each in its title: the baseline of a quick script. */
export function hotWords({ title, abstract }: Pick<PaperRecord, 'title' | 'abstract'>): number {
  return titleCredit * findPhrases(title, index).size + findPhrases(abstract, index).size;
}
