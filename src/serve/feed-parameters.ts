import type { MiddlewareHandler } from 'hono';
import { siteUrl, type Site } from '../domain/site.ts';
import { minuteMs, type Instant } from '../domain/time.ts';
import { RenderError } from '../errors.ts';
import { filteredFeed } from '../render/feed/filtered.ts';
import { readFeedQuery, type FeedQuery } from '../render/feed/feed-query.ts';
import { mediaTypes } from '../render/feed/links.ts';
import type { FeedFormat } from '../render/feed/model.ts';
import { jsonFeedPath } from '../render/feed/paths.ts';
import { renderFeed } from '../render/feed/publish.ts';
import { readJson } from '../render/feed/read-json.ts';
import { publishedAddress, publishedFilePath } from '../store/published-list.ts';
import { chooseEncoding } from './conditions.ts';
import { fileAnswer, fixedHeaders } from './file-answer.ts';
import { madeAnswers, type MadeAnswer } from './made-answers.ts';
import type { PublishedReader, Representation } from './published-files.ts';

export interface FeedParametersParts {
  readonly site: Site;
  readonly files: PublishedReader;
  readonly cacheControl: () => string;
  readonly now: () => Instant;
}

/** `filter_time` counts from the last full five minutes, for which an answer may be kept anyway. */
const clockMs = 5 * minuteMs;

/**
 * Answers a published feed that is asked for with parameters (`t/llm/rss.xml?filter=robot&limit=5`); every other request
 * goes on.
 *
 * It is made from the published JSON Feed beside the file, which is at most a megabyte, by literal search: no request can
 * cost more than that, and the same wish is made once a publication. What it names as itself is the address with known
 * parameters only, sorted. A parameter that cannot be understood is answered 400 with a sentence; a feed without a JSON
 * Feed beside it, that of one paper, takes no parameters.
 */
export function feedWithParameters(parts: FeedParametersParts): MiddlewareHandler {
  const { site, files, cacheControl, now } = parts;
  const root = new URL(site.baseUrl).pathname;
  const answers = madeAnswers({ mostKept: 200, mostBytes: 32 * 1024 * 1024, mostAtOnce: 4 });

  return async (context, next) => {
    const { pathname, search } = new URL(context.req.url);
    if (search === '' || !pathname.startsWith(root)) return next();
    const path = publishedFilePath(pathname.slice(root.length));
    const model = path === undefined ? undefined : jsonFeedPath(path);
    if (path === undefined || model === undefined) return next();
    const own = formatOf((await files.read(path, 'identity'))?.contentType);
    const source = await files.read(model, 'identity');
    if (own === undefined || !source) return next();

    const read = readFeedQuery(search.slice(1), own);
    if (read.state === 'fault') {
      return context.text(`${read.text}\n`, 400, { 'Cache-Control': 'no-store' });
    }
    const { query } = read;
    if (query.canonical === '' && query.format === own) return next();

    const at = Math.floor(now() / clockMs) * clockMs;
    const asked = addressOf(path, query, own);
    const key = [asked, source.etag, query.seconds === undefined ? '' : at].join(' ');
    const encoding = chooseEncoding(context.req.header('Accept-Encoding'));
    const found = await answers
      .get(key, encoding, async () => answerOf(source, query, siteUrl(site, asked), at))
      .catch(asWritten);
    if (found === 'as written') return next();
    if (typeof found === 'string') {
      return context.text('Too many feeds are being made. Please ask again in a minute.\n', 503, {
        'Retry-After': '60',
        'Cache-Control': 'no-store',
      });
    }
    const request = {
      ifNoneMatch: context.req.header('If-None-Match'),
      ifModifiedSince: context.req.header('If-Modified-Since'),
      fetchDest: context.req.header('Sec-Fetch-Dest'),
    };
    const { status, headers, body } = fileAnswer(found, request, cacheControl());
    const answer = new Response(body ?? null, { status });
    for (let name = 0; name + 1 < headers.length; name += 2) {
      answer.headers.set(headers[name] ?? '', headers[name + 1] ?? '');
    }
    return answer;
  };
}

/** What an earlier version published has no model to read: it is answered as it is until it is published again. */
function asWritten(error: unknown): 'as written' {
  if (error instanceof RenderError) return 'as written';
  throw error;
}

/** Below the site's root: the feed's own address with the canonical parameters. */
function addressOf(path: string, query: FeedQuery, own: FeedFormat): string {
  const parameters = new URLSearchParams(query.canonical);
  if (query.format !== own) parameters.set('format', query.format);
  parameters.sort();
  return `${publishedAddress(path)}?${parameters.toString()}`;
}

function answerOf(source: Representation, query: FeedQuery, selfUrl: string, at: Instant): MadeAnswer {
  const document = filteredFeed(readJson(new TextDecoder().decode(source.body)), query, selfUrl, at);
  const contentType = `${mediaTypes[query.format]}; charset=utf-8`;
  const lastModified = new Date(source.modifiedAt).toUTCString();
  return {
    contentType,
    body: renderFeed(document, query.format),
    modifiedAt: source.modifiedAt,
    headers: fixedHeaders({ contentType, lastModified }, { self: selfUrl, hub: undefined }),
  };
}

function formatOf(contentType: string | undefined): FeedFormat | undefined {
  return (['rss', 'atom', 'json'] as const).find((format) => contentType?.startsWith(mediaTypes[format]));
}
