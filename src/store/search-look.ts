import { z } from 'zod';
import type { Search } from '../domain/search.ts';
import { searchExpression } from './search-expression.ts';

/** One look into the index, as it goes to the process that looks. */
export const searchLookForm = z.object({
  /** Of FTS5; left out where every paper is looked for. */
  expression: z.string().optional(),
  after: z.string(),
  before: z.string(),
  /** The most rows wanted. */
  limit: z.int(),
});
export type SearchLook = z.output<typeof searchLookForm>;

/** The look that finds the newest papers for which the search holds. */
export function searchLook({ node, after = '', before = '9999-99-99' }: Search, limit: number): SearchLook {
  return { ...(node && { expression: searchExpression(node) }), after, before, limit };
}

/** A question to the process that looks, and its answer: the rows of each look. */
export const searchQuestionForm = z.object({ looks: z.array(searchLookForm) });
export const searchAnswerForm = z.union([
  z.object({ state: z.literal('ready') }),
  z.object({ state: z.literal('found'), rows: z.array(z.array(z.int())) }),
  z.object({ state: z.literal('failed'), reason: z.string() }),
]);
export type SearchAnswer = z.output<typeof searchAnswerForm>;
