import { z } from 'zod';
import { block, category, keyword, line, list, phrase, slug, text } from './values.ts';

/** The rules of one topic; what its query must be is in `checks.ts`, which can name the column. */
const topic = block({
  name: line,
  include: list(phrase, 'a list of phrases').default([]),
  exclude: list(phrase, 'a list of phrases').default([]),
  categories: list(category, 'a list of categories such as [cs.RO, cell biology]').default([]),
  keywords: list(keyword, 'a list of keywords').default([]),
  query: line.optional(),
  seeds: list(
    text('an arXiv id, a DOI or the path of a file of papers', (value) => value.trim() !== ''),
    'a list of arXiv ids, DOIs and paths of files of papers',
  ).optional(),
});

/** Topics by key, as in the configuration and in the ready-made sets. */
export const topics = z.record(slug, topic, {
  error: (issue) => (issue.code === 'invalid_key' ? 'a topic key such as llm' : 'a block of topics by key'),
});

export type TopicBlocks = z.output<typeof topics>;
