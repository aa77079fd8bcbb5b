import { Hono, type Context } from 'hono';
import {
  asksForNothing,
  mostInFeed,
  mostListed,
  papersPerPage,
  readRequest,
  requestQuery,
  type ReadRequest,
  type RequestFault,
} from '../domain/search-request.ts';
import type { SearchSort } from '../domain/search.ts';
import { siteUrl, type Site } from '../domain/site.ts';
import { minuteMs, secondMs, type Instant } from '../domain/time.ts';
import { paperPath, type Paper, type PaperId } from '../domain/paper.ts';
import { compileTopics, matchTopics } from '../rank/topics.ts';
import { renderAtom } from '../render/feed/atom.ts';
import { renderJson } from '../render/feed/json.ts';
import { mediaTypes } from '../render/feed/links.ts';
import type { FeedDocument, FeedFormat } from '../render/feed/model.ts';
import { renderRss } from '../render/feed/rss.ts';
import { searchFeed } from '../render/feed/search-feed.ts';
import { feedRequest, searchFeedPaths, searchFeedUrls, searchPath } from '../render/search-address.ts';
import { pageHref } from '../render/web/links.ts';
import { searchFaultPage, searchPage, type SearchOutcome } from '../render/web/search-page.ts';
import type { Pages } from '../render/web/templates.ts';
import type { Database } from '../store/database.ts';
import { publishedNow, type Publication } from '../store/published-now.ts';
import { publishedFilePath } from '../store/published-list.ts';
import { foundPapers, searchPapers, type SearchResult } from '../store/search-answers.ts';
import { searchGeneration } from '../store/search-index.ts';
import type { Searcher } from '../store/searcher.ts';
import { chooseEncoding } from './conditions.ts';
import { fileAnswer, fixedHeaders } from './file-answer.ts';
import { madeAnswers, type MadeAnswer, type NotMade } from './made-answers.ts';
import { securityHeaders } from './security-headers.ts';

export interface SearchPagesParts {
  readonly db: Database;
  readonly searcher: Searcher;
  /** Which papers have a page is looked up there. */
  readonly publishedDir: string;
  readonly site: Site;
  readonly pages: Pages;
  readonly now: () => Instant;
}

/** Votes are counted all day: an answer is made anew after so long even where no paper changed. */
const freshMs = 5 * minuteMs;
const cacheControl = `public, max-age=${freshMs / secondMs}`;

const sentences: Readonly<Record<NotMade, string>> = {
  'too hard': 'This search takes too long. Please try it with fewer or rarer words.',
  busy: 'Many searches are being answered. Please try again in a few seconds.',
};
/** What is too hard now is easier only for other words or another day. */
const retryAfterSeconds: Readonly<Record<NotMade, number>> = { 'too hard': 3600, busy: 5 };

const renderers = { rss: renderRss, atom: renderAtom, json: renderJson } as const;

/**
 * `GET search` and the feeds of every search, below the path of the site. GET and HEAD only, and nothing is written.
 *
 * Every text in the box is answered; a parameter that nothing can be meant by gets 400, a topic that is not configured
 * 404. The same search, however its parameters are ordered, is made once and kept as long as papers, publication and the
 * clock's five minutes are the same. One that takes too long gets 503 with Retry-After, as does every one while too many
 * are asked at once. Answers carry ETag, Vary and Cache-Control, feeds also Last-Modified (RFC 9110).
 */
export function searchPages({ db, searcher, publishedDir, site, pages, now }: SearchPagesParts): Hono {
  const published = publishedNow(publishedDir);
  const answers = madeAnswers({ mostKept: 200, mostBytes: 16 * 1024 * 1024, mostAtOnce: 16 });
  const topicKeys = site.topics.map(({ key }) => key);
  const topics = compileTopics(site.topics);
  const topicsOf = (paper: Paper): readonly string[] => matchTopics(paper, topics).map(({ topic }) => topic);
  const pageAddress = pageHref(site, searchPath);
  const app = new Hono();

  async function answer(
    context: Context,
    key: string,
    make: (publication: Publication) => Promise<MadeAnswer | NotMade>,
    refuse: (sentence: string) => Response | Promise<Response>,
  ): Promise<Response> {
    const publication = await published();
    const stamp = `${await searchGeneration(db)} ${publication.stamp} ${Math.floor(now() / freshMs)}`;
    const encoding = chooseEncoding(context.req.header('Accept-Encoding'));
    const found = await answers.get(`${stamp} ${key}`, encoding, () => make(publication));
    if (typeof found === 'string') {
      context.header('Retry-After', String(retryAfterSeconds[found]));
      return refuse(sentences[found]);
    }
    const asked = {
      ifNoneMatch: context.req.header('If-None-Match'),
      ifModifiedSince: context.req.header('If-Modified-Since'),
      fetchDest: context.req.header('Sec-Fetch-Dest'),
    };
    const { status, headers, body } = fileAnswer(found, asked, cacheControl);
    return new Response(body ?? null, { status, headers: pairs(headers) });
  }

  function faultAnswer(
    context: Context,
    { status, message }: { readonly status: RequestFault['status'] | 503; readonly message: string },
  ): Response | Promise<Response> {
    const headers = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' };
    return context.html(pages.html(site, searchFaultPage(site, message)), status, headers);
  }

  /** No text at all finds every paper; one in which nothing could be read finds none. */
  async function foundBy(
    { request, search }: ReadRequest,
    sort: SearchSort,
    most: number,
  ): Promise<SearchResult | NotMade> {
    const { node, after, before } = search;
    const isUnread = request.text !== '' && (node ?? after ?? before) === undefined;
    return isUnread ? { seqs: [], isMore: false } : searchPapers({ db, searcher }, search, sort, most);
  }

  async function outcomeOf(read: ReadRequest, publication: Publication): Promise<SearchOutcome | NotMade> {
    const { request } = read;
    const result = await foundBy(read, request.sort, mostListed);
    if (typeof result === 'string') return result;
    const { seqs, isMore } = result;
    const first = (request.page - 1) * papersPerPage;
    const found = await foundPapers(db, seqs.slice(first, first + papersPerPage), pagesOf(publication));
    return {
      count: seqs.length,
      isMore,
      papers: found.map((one) => ({ found: one, topics: topicsOf(one.paper) })),
    };
  }

  app.get(pageAddress, async (context) => {
    const read = readRequest(queryOf(context), topicKeys);
    if ('fault' in read) return faultAnswer(context, read.fault);
    const { limit: _, ...request } = read.request;
    const make = async (publication: Publication): Promise<MadeAnswer | NotMade> => {
      const outcome = asksForNothing(request) ? undefined : await outcomeOf(read, publication);
      if (typeof outcome === 'string') return outcome;
      const page = searchPage(site, { ...read, request, ...(outcome && { outcome }) });
      return {
        contentType: 'text/html; charset=utf-8',
        body: pages.html(site, page),
        headers: {
          always: ['Vary', 'Accept-Encoding'],
          whole: [...Object.entries(securityHeaders).flat(), 'X-Robots-Tag', 'noindex'],
        },
      };
    };
    const key = `${searchPath}${requestQuery(request)} ${read.notes.join(' ')}`;
    return answer(context, key, make, (message) => faultAnswer(context, { status: 503, message }));
  });
  app.get(`${pageAddress}/`, (context) =>
    context.redirect(`${pageAddress}${new URL(context.req.url).search}`, 301),
  );

  async function feedAnswer(
    read: ReadRequest,
    format: FeedFormat,
    publication: Publication,
  ): Promise<MadeAnswer | NotMade> {
    const request = feedRequest(read.request);
    const result = await foundBy(read, 'newest', request.limit ?? mostInFeed);
    if (typeof result === 'string') return result;
    const found = await foundPapers(db, result.seqs, pagesOf(publication));
    const document = searchFeed(site, request, found);
    const self = searchFeedUrls(site, request)[format];
    const contentType = `${mediaTypes[format]}; charset=utf-8`;
    const lastModified = new Date(document.updatedAt).toUTCString();
    const { always, whole } = fixedHeaders({ contentType, lastModified }, { self, hub: undefined });
    return {
      contentType,
      body: feedBody(document, format, self),
      modifiedAt: document.updatedAt,
      headers: { always, whole: [...whole, 'X-Robots-Tag', 'noindex'] },
    };
  }

  for (const format of ['rss', 'atom', 'json'] as const) {
    const path = searchFeedPaths[format];
    app.get(new URL(siteUrl(site, path)).pathname, async (context) => {
      const read = readRequest(queryOf(context), topicKeys);
      if ('fault' in read) {
        return context.text(`${read.fault.message}\n`, read.fault.status, { 'Cache-Control': 'no-store' });
      }
      return answer(
        context,
        `${path}${requestQuery(feedRequest(read.request))}`,
        (publication) => feedAnswer(read, format, publication),
        (sentence) => context.text(`${sentence}\n`, 503, { 'Cache-Control': 'no-store' }),
      );
    });
  }
  return app;
}

/** Whether a paper has a page there. */
function pagesOf({ files }: Publication): (id: PaperId) => boolean {
  return (id) => files.has(publishedFilePath(`${paperPath(id)}index.html`) ?? '');
}

/** Feed readers call more than that a burden (JSON Feed 1.1); the oldest entries go first. */
const mostFeedBytes = 1_000_000;

function feedBody(document: FeedDocument, format: FeedFormat, self: string): string {
  const body = renderers[format](document, self);
  const { items } = document;
  if (items.length <= 1 || Buffer.byteLength(body) <= mostFeedBytes) return body;
  return feedBody({ ...document, items: items.slice(0, Math.floor(items.length / 2)) }, format, self);
}

function queryOf(context: Context): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) list.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return list;
}
