import { readFileSync } from 'node:fs';
import { parseInstant, type Instant } from '../../src/domain/time.ts';
import { loopback, type Loopback } from '../sources/loopback.ts';

/** An answer of the Daily Papers API as it stood at one time. */
export interface Capture {
  readonly list_date: string;
  readonly captured_at: string;
  readonly response: readonly unknown[];
}

export interface SourcesServer extends Loopback {
  /** What the clock of the server shows: later captures do not exist yet. */
  now: Instant;
  /** When set, every Daily Papers answer is this instead. */
  wrong?: { readonly status: number; readonly body: string };
  /** The arXiv feed that `/rss/…` answers; 404 when there is none. */
  arxiv?: string;
}

/**
 * Answers as the Daily Papers API does (`date`, `limit`, `p`, most votes first, a date after today is 400) and as
 * rss.arxiv.org does, on a port of this machine.
 */
export async function sourcesServer(captures: readonly Capture[]): Promise<SourcesServer> {
  const state: { now: Instant; wrong?: SourcesServer['wrong']; arxiv?: string } = { now: 0 };
  const server = await loopback((request, response) => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    if (url.pathname.startsWith('/rss/')) {
      response.statusCode = state.arxiv === undefined ? 404 : 200;
      response.setHeader('Content-Type', 'application/rss+xml; charset=utf-8');
      response.end(state.arxiv ?? 'not found');
      return;
    }
    if (state.wrong) {
      response.statusCode = state.wrong.status;
      response.setHeader('Content-Type', 'text/html');
      response.end(state.wrong.body);
      return;
    }
    const date = url.searchParams.get('date') ?? '';
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    if (date > new Date(state.now).toISOString().slice(0, 10)) {
      response.statusCode = 400;
      response.end(JSON.stringify({ error: 'date is in the future' }));
      return;
    }
    const limit = Number(url.searchParams.get('limit') ?? 50);
    const page = Number(url.searchParams.get('p') ?? 0);
    const capture = captures
      .filter((one) => one.list_date === date && (parseInstant(one.captured_at) ?? Infinity) <= state.now)
      .at(-1);
    response.end(JSON.stringify((capture?.response ?? []).slice(page * limit, (page + 1) * limit)));
  });
  return Object.assign(state, {
    url: server.url,
    asked: server.asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }) as SourcesServer;
}

/** The invented captures of the bundled sample, oldest first. */
export function sampleCaptures(): readonly Capture[] {
  const file = new URL('../../sample/listings.jsonl', import.meta.url);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Capture);
}

/** An arXiv feed of one day, in the shape of rss.arxiv.org; text must be XML already. */
export function arxivFeedText(
  date: string,
  items: readonly {
    id: string;
    version?: number;
    type: string;
    title: string;
    categories?: readonly string[];
  }[],
): string {
  const day = new Date(`${date}T00:00:00Z`).toUTCString().slice(0, 16);
  const entries = items.map(
    ({ id, version = 1, type, title, categories = ['cs.CL'] }) => `<item>
      <title>${title}</title>
      <link>https://arxiv.org/abs/${id}</link>
      <description>arXiv:${id}v${version} Announce Type: ${type} \nAbstract: An invented abstract about a large language model. It has two sentences.</description>
      <guid isPermaLink="false">oai:arXiv.org:${id}v${version}</guid>
      ${categories.map((category) => `<category>${category}</category>`).join('')}
      <pubDate>${day} 00:00:00 -0500</pubDate>
      <arxiv:announce_type>${type}</arxiv:announce_type>
      <dc:creator>Ada Invented, Ben Sample (Example Lab, Exampleton)</dc:creator>
    </item>`,
  );
  return `<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">
  <channel>
    <title>cs.CL updates on arXiv.org</title>
    <link>http://rss.arxiv.org/rss/cs.CL</link>
    <description>cs.CL updates on the arXiv.org e-print archive.</description>
    <language>en-us</language>
    <lastBuildDate>${day} 05:00:00 +0000</lastBuildDate>
    <pubDate>${day} 00:00:00 -0500</pubDate>
    <skipDays><day>Sunday</day><day>Saturday</day></skipDays>
    ${entries.join('\n')}
  </channel>
</rss>
`;
}
