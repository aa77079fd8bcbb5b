import type { ListingAnswer } from '../../src/domain/listing.ts';
import { biorxiv } from '../../src/sources/biorxiv.ts';
import { githubStars } from '../../src/sources/github-stars.ts';
import { hfDailyPapers } from '../../src/sources/hf-daily-papers.ts';
import { hfPaperSearch } from '../../src/sources/hf-paper-search.ts';
import type { HttpClient } from '../../src/sources/http.ts';
import { semanticScholar } from '../../src/sources/semantic-scholar.ts';
import type { CountablePaper, SignalSource } from '../../src/sources/signal-source.ts';
import type { Source } from '../../src/sources/source.ts';
import { checkListing, isCount } from './item-checks.ts';

/*
 * Sources whose parser stands inside them, asked for one listing of which the document is the first answer. The network
 * is left out: an answer is in memory, and the status beside it is drawn as well.
 */
const now = Date.parse('2026-01-14T06:00:00Z');
const baseUrl = 'https://example.org';
const signal = new AbortController().signal;

function answering(first: Uint8Array, others: string, status = 200): HttpClient {
  let asked = 0;
  return {
    get: async (url) => {
      asked += 1;
      const body = asked === 1 ? first : Buffer.from(others);
      return { state: 'ok', status, body, validators: {}, url };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function readListing(source: Source, http: HttpClient): Promise<void> {
  const [request] = await source.requests(now);
  if (!request) throw new Error('nothing to ask for');
  const answer: ListingAnswer = await source.read(request, { now, signal, http });
  if (answer.state === 'read') checkListing(answer.listing);
}

export async function readDailyPapers(document: Uint8Array): Promise<void> {
  await readListing(hfDailyPapers({ name: 'daily', baseUrl }), answering(document, '[]'));
}

export async function readSearch(document: Uint8Array): Promise<void> {
  const options = { name: 'search', baseUrl, queries: ['stars'], limit: 50, maxAgeDays: 100_000 };
  await readListing(hfPaperSearch(options), answering(document, '[]'));
}

export async function readBiorxiv(document: Uint8Array): Promise<void> {
  const end = '{"messages":[{"status":"no posts found"}],"collection":[]}';
  await readListing(biorxiv({ name: 'biorxiv', baseUrl, server: 'biorxiv' }), answering(document, end));
}

const papers: readonly CountablePaper[] = ['2601.01234', '2601.01235', '2601.01236'].map((id, place) => ({
  id: `arxiv:${id}`,
  links: {
    abstract: `https://arxiv.org/abs/${id}`,
    ...(place === 0 ? { code: 'https://github.com/example/repo' } : {}),
  },
}));

/** What cannot be read of a signal source is in its failures: it never rejects. */
async function readCounts(source: SignalSource, http: HttpClient): Promise<void> {
  const { counts, failures } = await source.read(papers, { now, signal, http });
  for (const { paperId, value } of counts) {
    if (!isCount(value) || !papers.some(({ id }) => id === paperId)) {
      throw new Error(`expected a count of a paper asked for; got ${value} of ${paperId}`);
    }
  }
  for (const { key, reason } of failures) {
    if (key === '' || !/^expected /i.test(reason))
      throw new Error(`a failure of "${key}" without a reason: ${reason}`);
  }
}

export async function readScholar(document: Uint8Array, variant: number): Promise<void> {
  const status = variant % 4 === 0 ? 400 : 200;
  await readCounts(semanticScholar({ name: 'scholar', baseUrl }), answering(document, '[]', status));
}

export async function readGithub(document: Uint8Array, variant: number): Promise<void> {
  const status = [200, 200, 200, 403, 404, 429][variant % 6];
  await readCounts(githubStars({ name: 'stars', baseUrl }), answering(document, '{}', status));
}
