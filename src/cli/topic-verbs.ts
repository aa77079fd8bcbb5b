import { count, list } from './arguments.ts';
import type { TopicCheckOptions } from './topics.ts';
import type { Verbs } from './verbs.ts';

/** The verbs for who writes the rules of topics. */
export function addTopicVerbs({ group, run }: Verbs): void {
  const topicVerbs = group(
    'topics',
    '"topics check", "topics suggest": what topics take, and what they could',
  );
  topicVerbs
    .command('check')
    .description('Say what the topics and each of their rules take of the stored papers.')
    .option('--with <sets>', 'as if these ready-made sets were taken in too, e.g. math,q-bio', list)
    .option('--days <count>', 'only papers first seen in the last days', count)
    .option('--rules', 'show every rule')
    .action(
      run(async (context, _, options: TopicCheckOptions) =>
        (await import('./topics.ts')).checkTopicRules(context, options),
      ),
    );
  topicVerbs
    .command('suggest')
    .description('Name new papers near to some that show what is meant, and phrases typical of these.')
    .argument('<seed...>', 'an arXiv id or DOI, a file of papers (BibTeX, a feed), or a topic')
    .option('--days <count>', 'among the papers first seen in the last days', count, 7)
    .option('--papers <count>', 'so many papers', count, 20)
    .action(
      run(async (context, seeds, options: { days: number; papers: number }) =>
        (await import('./suggest.ts')).suggestForTopic(context, seeds, options),
      ),
    );
}
