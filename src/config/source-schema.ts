import { z } from 'zod';
import { isCalendarDate } from '../domain/time.ts';
import {
  baseUrl,
  block,
  documentUrl,
  environmentName,
  line,
  list,
  oneOf,
  path,
  slug,
  text,
  whole,
} from './values.ts';

/*
 * What can stand under `sources` and `signals`, a block for each type. The addresses are those of the real
 * services; what each source does is in the README of `src/sources`.
 */

const arxivCategory = text('an arXiv category such as cs.CL', (value) => /^[A-Za-z][\w.-]*$/.test(value));
const categories = list(arxivCategory, 'a list of arXiv categories such as [cs.CL, cs.LG]').min(1, {
  error: 'at least one arXiv category such as cs.CL',
});

/** Days without announcement beside those known to `arxiv-calendar.ts`. */
const holidays = list(
  text('a day such as 2027-01-01', isCalendarDate),
  'a list of days such as [2027-01-01]',
).optional();

function paths(example: string) {
  return list(path, `a list of paths such as [${example}]`).min(1, {
    error: `at least one path such as ${example}`,
  });
}

const queries = list(line, 'a list of searches such as [tool use]').min(1, {
  error: 'at least one search such as tool use',
});

const sources = [
  block({
    name: slug,
    type: z.literal('hf-daily-papers'),
    baseUrl: baseUrl.default('https://huggingface.co'),
  }),
  block({
    name: slug,
    type: z.literal('hf-paper-search'),
    baseUrl: baseUrl.default('https://huggingface.co'),
    queries,
    limit: whole(1, 100, 'a whole number of papers').default(50),
    maxAgeDays: whole(1, 3650, 'a whole number of days').default(30),
  }),
  block({
    name: slug,
    type: z.literal('arxiv-feed'),
    baseUrl: baseUrl.default('https://rss.arxiv.org'),
    categories,
    format: oneOf(['rss', 'atom']).default('rss'),
    holidays,
  }),
  block({
    name: slug,
    type: z.literal('arxiv-listing'),
    baseUrl: baseUrl.default('https://arxiv.org'),
    categories,
    catchUpDays: whole(0, 90, 'a whole number of days').default(3),
    holidays,
  }),
  block({
    name: slug,
    type: z.literal('arxiv-api'),
    baseUrl: baseUrl.default('https://export.arxiv.org'),
    categories,
    maxResults: whole(1, 30_000, 'a whole number of papers').default(1000),
  }),
  block({
    name: slug,
    type: z.literal('arxiv-oai'),
    baseUrl: baseUrl.default('https://oaipmh.arxiv.org'),
    categories,
    format: oneOf(['arXivRaw', 'arXiv']).default('arXivRaw'),
    days: whole(1, 30, 'a whole number of days').default(4),
  }),
  block({ name: slug, type: z.literal('arxiv-mail'), paths: paths('mails/*.txt') }),
  block({
    name: slug,
    type: z.literal(['biorxiv', 'medrxiv']),
    baseUrl: baseUrl.default('https://api.biorxiv.org'),
  }),
  block({ name: slug, type: z.literal('feed'), url: documentUrl }),
  block({ name: slug, type: z.literal('file'), paths: paths('papers/*.bib') }),
] as const;

const days = whole(1, 90, 'a whole number of days').default(7);

const signals = [
  block({
    name: slug,
    type: z.literal('semantic-scholar'),
    baseUrl: baseUrl.default('https://api.semanticscholar.org'),
    days,
    apiKeyEnv: environmentName('SEMANTIC_SCHOLAR_KEY').optional(),
    apiKeyFile: path.optional(),
  }),
  block({
    name: slug,
    type: z.literal('github'),
    baseUrl: baseUrl.default('https://api.github.com'),
    days,
    tokenEnv: environmentName('GITHUB_TOKEN').optional(),
    tokenFile: path.optional(),
  }),
] as const;

/** The words that `type` can be, as the error of a block whose `type` is none of them. */
function typeError(
  blocks: readonly { readonly shape: { readonly type: { readonly values: ReadonlySet<string> } } }[],
) {
  const words = blocks.flatMap(({ shape }) => [...shape.type.values]).join(', ');
  return {
    error: (issue: { readonly code: string }) =>
      issue.code === 'invalid_union' ? `one of ${words}` : 'a block of keys and values',
  };
}

/** A place where papers come from. */
export const source = z.discriminatedUnion('type', sources, typeError(sources));

/** A place that counts something about papers we know. */
export const signal = z.discriminatedUnion('type', signals, typeError(signals));

/** `name` is unique among sources and signals; `baseUrl` has no slash at its end; `paths` are absolute and may be patterns. */
export type SourceConfig = z.output<typeof source>;
