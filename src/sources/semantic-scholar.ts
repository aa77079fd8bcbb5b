import { z } from 'zod';
import { bareId } from '../domain/paper.ts';
import { asError, SourceError } from '../errors.ts';
import type { HttpClient } from './http.ts';
import { jsonAnswer, jsonArrayAnswer, reportedError } from './json-answer.ts';
import type { Pace } from './pace.ts';
import type {
  CountablePaper,
  PaperCount,
  SignalContext,
  SignalReading,
  SignalSource,
} from './signal-source.ts';

/** The API's own limit of ids in one request. */
const idsPerRequest = 500;
/** A shared pool that refuses us twice in a row is busy: the next run comes soon enough. */
const maxFailuresInRow = 2;
/** One request in a second, also with a key (Semantic Scholar's terms for the API). */
const scholarPace: Pace = { group: 'semanticscholar.org', minIntervalMs: 1100 };

export interface SemanticScholarOptions {
  readonly name: string;
  /** `https://api.semanticscholar.org` */
  readonly baseUrl: string;
  /** Without one the requests come out of a pool that everybody shares. */
  readonly apiKey?: string;
}

/** Citations as Semantic Scholar counts them, 500 papers a request. */
export function semanticScholar({ name, baseUrl, apiKey }: SemanticScholarOptions): SignalSource {
  const url = `${baseUrl.replace(/\/+$/, '')}/graph/v1/paper/batch?fields=citationCount,externalIds`;
  return {
    name,
    kind: 'semantic-scholar',
    address: baseUrl,
    read: (papers, context) => readCitations(url, apiKey, papers, context),
  };
}

const wirePaper = z
  .object({
    citationCount: z.number().int().nonnegative().nullish().catch(undefined),
    externalIds: z
      .object({ ArXiv: z.string().optional().catch(undefined) })
      .nullish()
      .catch(undefined),
  })
  .nullable();

async function readCitations(
  url: string,
  apiKey: string | undefined,
  papers: readonly CountablePaper[],
  context: SignalContext,
): Promise<SignalReading> {
  const byScholarId = Map.groupBy(papers, scholarId);
  byScholarId.delete(undefined);
  const ids = [...byScholarId.keys()].filter((id) => id !== undefined);
  const counts: PaperCount[] = [];
  const failures: { key: string; reason: string }[] = [];
  for (let start = 0, failedInRow = 0; start < ids.length; start += idsPerRequest) {
    context.signal.throwIfAborted();
    if (failedInRow >= maxFailuresInRow) {
      failures.push({
        key: `papers ${start + 1} to ${ids.length}`,
        reason: `expected answers from ${url}; did not ask after ${failedInRow} failures in a row`,
      });
      break;
    }
    const asked = ids.slice(start, start + idsPerRequest);
    try {
      const found = await readBatch(url, apiKey, asked, context);
      failedInRow = 0;
      for (const [index, id] of asked.entries()) {
        const entry = citationsOf(found[index] ?? null, id);
        if (typeof entry === 'string') failures.push({ key: id, reason: entry });
        if (typeof entry !== 'number') continue;
        for (const paper of byScholarId.get(id) ?? []) {
          counts.push({ paperId: paper.id, kind: 'citations', value: entry });
        }
      }
    } catch (thrown) {
      context.signal.throwIfAborted();
      failedInRow += 1;
      failures.push({
        key: `papers ${start + 1} to ${start + asked.length}`,
        reason: asError(thrown).message,
      });
    }
  }
  return { counts, failures };
}

/** An id of ours in Semantic Scholar's words. One that is not well-formed would spoil the whole batch. */
function scholarId(paper: CountablePaper): string | undefined {
  if (paper.id.startsWith('arxiv:')) return `arXiv:${bareId(paper.id)}`;
  const doi = paper.id.startsWith('doi:') ? bareId(paper.id) : paper.doi?.trim().toLowerCase();
  return doi !== undefined && /^10\.\d{4,9}\/\S+$/.test(doi) ? `DOI:${doi}` : undefined;
}

/** The entries of one answer, in the order of `ids`; null for a paper that is not known there. */
async function readBatch(
  url: string,
  apiKey: string | undefined,
  ids: readonly string[],
  { http, signal }: { readonly http: HttpClient; readonly signal: AbortSignal },
): Promise<readonly unknown[]> {
  const expected = `an array of ${ids.length} papers`;
  const answer = await http.get(url, {
    accept: 'application/json',
    signal,
    json: { ids },
    pace: isScholarHost(url) ? scholarPace : undefined,
    // A batch of which no paper is known, as all are on their first day, is refused as a whole.
    alsoAccept: [400],
    ...(apiKey === undefined ? {} : { headers: { 'x-api-key': apiKey } }),
  });
  if (answer.state === 'unchanged') return [];
  if (answer.status === 400) {
    const reported = reportedError(jsonAnswer(answer.body, expected, url)) ?? 'status 400 without a reason';
    if (/no valid paper ids/i.test(reported)) return ids.map(() => null);
    throw new SourceError('reported', `Expected ${expected} from ${url}; the source reports: ${reported}.`);
  }
  const found = jsonArrayAnswer(answer.body, expected, url);
  if (found.length === ids.length) return found;
  throw new SourceError(
    'malformed',
    `Expected ${expected} from ${url}; got ${found.length}, so that none can be told from another. Try again later.`,
  );
}

/** The count, undefined for a paper that is not known or not counted there, or the reason why the entry is wrong. */
function citationsOf(entry: unknown, id: string): number | string | undefined {
  const parsed = wirePaper.safeParse(entry);
  if (!parsed.success) return 'expected an object or null; got something else';
  // Only the arXiv id is compared: a preprint that was published since is answered with the DOI of the journal.
  const arxiv = parsed.data?.externalIds?.ArXiv;
  if (id.startsWith('arXiv:') && arxiv !== undefined && comparable(`arXiv:${arxiv}`) !== comparable(id)) {
    return `expected the paper ${id}; got arXiv:${arxiv}`;
  }
  return parsed.data?.citationCount ?? undefined;
}

/** Old ids come with or without the class: `math.AG/0601001` is `math/0601001`. */
function comparable(id: string): string {
  return id.toLowerCase().replace(/\.[a-z]{2}(?=\/)/, '');
}

function isScholarHost(url: string): boolean {
  return URL.canParse(url) && /(?:^|\.)semanticscholar\.org$/.test(new URL(url).hostname);
}
