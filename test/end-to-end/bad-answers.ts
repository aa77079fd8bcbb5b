import type { IncomingMessage, ServerResponse } from 'node:http';
import { loopback, type Loopback } from '../sources/loopback.ts';
import { arxivFeedText } from './sources-server.ts';

/** How a source answers a request. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface BadSource extends Loopback {
  /** How everything below `/arxiv` is answered. */
  answer: Answer;
  /** The day whose one paper the feed `/lab.xml` shows, so that every edition has news. */
  labDate: string;
  /** What the source was asked below `/arxiv` since this was last called, each with its entity tag and its time. */
  takeAsked(): { readonly tag: string | undefined; readonly atMs: number }[];
}

/** A source that answers as it is told, beside one that is always well. */
export async function badSource(): Promise<BadSource> {
  const state = { answer: status(404, 'not set'), labDate: '' };
  let asked: { tag: string | undefined; atMs: number }[] = [];
  const server = await loopback((request, response) => {
    const path = request.url ?? '';
    if (path === '/lab.xml') return whole(state.labDate, labText(state.labDate))(response, request);
    if (!path.startsWith('/arxiv')) return status(404, 'nothing here')(response, request);
    asked.push({ tag: request.headers['if-none-match'], atMs: performance.now() });
    return state.answer(response, request);
  });
  return Object.assign(state, {
    url: server.url,
    asked: server.asked,
    takeAsked() {
      const taken = asked;
      asked = [];
      return taken;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  });
}

/** A good answer with its entity tag, and 304 to who has it already. */
export function whole(tag: string, body: string): Answer {
  return (response, request) => {
    response.setHeader('ETag', `"${tag}"`);
    response.statusCode = request.headers['if-none-match'] === `"${tag}"` ? 304 : 200;
    response.end(response.statusCode === 304 ? undefined : body);
  };
}

export function status(code: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(code, headers);
    response.end(body);
  };
}

/** The first answer to the first request, the second to the next, the last to all others. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let turn = 0;
  return (response, request) => {
    answers[Math.min(turn, answers.length - 1)]?.(response, request);
    turn += 1;
  };
}

/** The ids of the papers that arXiv announces on a day, all new. */
function idsOf(date: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `2611.${date.slice(8)}${100 + index}`);
}

/** The feed of a day as rss.arxiv.org builds it. `papersOf` is another day when they are not its own. */
export function feedOf(date: string, count = 30, papersOf = date): string {
  const titled = idsOf(papersOf, count).map((id) => ({
    id,
    type: 'new',
    title: `A language model, number ${id}`,
  }));
  return arxivFeedText(date, titled);
}

/** The answer of the query API on a day: the papers of that day, or an entry that tells of an error. */
export function apiOf(date: string, count = 30): string {
  const entries = idsOf(date, count).map((id) =>
    entryText(`http://arxiv.org/abs/${id}v1`, `A language model, number ${id}`),
  );
  return apiText(date, count, entries);
}

export function apiError(date: string): string {
  return apiText(date, 1, [entryText('https://arxiv.org/api/errors#incorrect_query', 'Error')]);
}

function apiText(date: string, total: number, entries: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
<id>https://arxiv.org/api/invented</id><title>arXiv Query: search_query=cat:cs.CL</title><updated>${date}T12:00:00Z</updated>
<opensearch:itemsPerPage>500</opensearch:itemsPerPage><opensearch:totalResults>${total}</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>
${entries.join('\n')}
</feed>`;
}

function entryText(id: string, title: string): string {
  return `<entry><id>${id}</id><title>${title}</title><updated>2026-11-10T10:00:00Z</updated><summary>incorrect or invented: a large language model.</summary><category term="cs.CL"/><published>2026-11-10T10:00:00Z</published><arxiv:primary_category term="cs.CL"/><author><name>Ada Invented</name></author></entry>`;
}

function labText(date: string): string {
  return `<rss version="2.0"><channel><title>Example Lab</title><item><title>A language model of the lab on ${date}</title><link>https://lab.example.org/${date}</link><description>We made a large language model. It is invented.</description><category>cs.CL</category><pubDate>${new Date(`${date}T08:00:00Z`).toUTCString()}</pubDate></item></channel></rss>`;
}
