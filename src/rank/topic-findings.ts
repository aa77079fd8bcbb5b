import type { CheckedTopic, TopicCheck } from './topic-check.ts';
import type { CheckedRule } from './topic-rules.ts';

/** With fewer papers a rule that matches nothing may only have been unlucky. */
const fewPapers = 500;
/** What takes more hardly tells papers apart; "language model*" takes half of what Hugging Face lists. */
const wide = 0.6;
const muchOverlap = 0.5;

/** What is worth a look in a check: rules and topics that match nothing or nearly everything, and topics that are nearly one. */
export function topicFindings(check: TopicCheck): readonly string[] {
  const few =
    check.papers < fewPapers
      ? [`a pool of ${check.papers} papers is small: take what follows with care`]
      : [];
  return [...few, ...check.topics.flatMap((topic, place) => findingsOf(topic, check.topics.slice(0, place)))];
}

function findingsOf(topic: CheckedTopic, before: readonly CheckedTopic[]): readonly string[] {
  const { key, papers, share, rules, overlaps } = topic;
  if (papers === 0) return [`${key}: no paper belongs to it`];
  const idle = rules.filter((rule) => rule.papers === 0).map(ruleName);
  return [
    ...(share >= wide ? [`${key}: takes ${percent(share)} of all papers`] : []),
    ...(idle.length > 0 ? [`${key}: nothing matches ${idle.join(', ')}`] : []),
    ...rules
      .filter((rule) => rule.share >= wide)
      .map((rule) => `${key}: ${ruleName(rule)} takes ${percent(rule.share)} of all papers by itself`),
    ...overlaps
      .filter(
        ({ topic: other, jaccard }) => jaccard >= muchOverlap && before.some((one) => one.key === other),
      )
      .map(
        ({ topic: other, jaccard }) =>
          `${key}: has ${percent(jaccard)} of its papers and those of ${other} in common`,
      ),
  ];
}

/** `"tool use"`, `category cs.RO`. */
export function ruleName({ kind, written }: CheckedRule): string {
  if (kind === 'category') return `category ${written}`;
  return kind === 'include' ? `"${written}"` : `${kind} "${written}"`;
}

/** `5.4 %`; whole from ten on. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}
