import type { Context } from 'hono';
import { publishedAddress, publishedFilePath } from '../store/published-list.ts';
import { chooseEncoding } from './conditions.ts';
import { fileAnswer } from './file-answer.ts';
import { plainPage } from './plain-page.ts';
import type { PublishedReader } from './published-files.ts';

/**
 * The answer for an address of the published site, whose path is `root`: the file; 301 to the folder that lacks its
 * slash and to where a document moved; 410 where one was removed; else 404.
 */
export async function publishedAnswer(
  context: Context,
  root: string,
  files: PublishedReader,
  cacheControl: () => string,
): Promise<Response> {
  // The path as it was sent: the framework's own would be decoded before it is split.
  const { pathname, search } = new URL(context.req.url);
  if (!pathname.startsWith(root)) {
    return `${pathname}/` === root
      ? movedAnswer(context, `${root}${search}`, cacheControl())
      : notFoundAnswer(context, files);
  }
  const path = pathname.slice(root.length);
  const isFolder = path === '' || path.endsWith('/');
  const file = publishedFilePath(isFolder ? `${path}index.html` : path);
  if (file === undefined) return notFoundAnswer(context, files);

  const found = await files.read(file, chooseEncoding(context.req.header('Accept-Encoding')));
  if (found) {
    const request = {
      ifNoneMatch: context.req.header('If-None-Match'),
      ifModifiedSince: context.req.header('If-Modified-Since'),
      fetchDest: context.req.header('Sec-Fetch-Dest'),
    };
    const { status, headers, body } = fileAnswer(found, request, cacheControl());
    return new Response(body ?? null, { status, headers: pairs(headers) });
  }
  const standing = await files.standing(file);
  if (standing.state === 'moved') {
    return movedAnswer(context, `${root}${publishedAddress(standing.to)}${search}`, cacheControl());
  }
  if (standing.state === 'gone') {
    context.header('Cache-Control', cacheControl());
    const text = 'This page or feed was here once and has been removed for good.';
    return context.html(plainPage('Removed', text, root), 410);
  }
  const folder = isFolder ? undefined : (await files.standing(`${file}/index.html`)).state;
  if (folder !== undefined && folder !== 'unknown') {
    return movedAnswer(context, `${pathname}/${search}`, cacheControl());
  }
  return notFoundAnswer(context, files);
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) list.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return list;
}

function movedAnswer(context: Context, location: string, cacheControl: string): Response {
  const headers = { Location: location, 'Content-Length': '0', 'Cache-Control': cacheControl };
  return context.body(null, 301, headers);
}

/** The page of the site that says so, or a sentence while nothing is published. */
export async function notFoundAnswer(context: Context, files: PublishedReader): Promise<Response> {
  const page = await files.read('404.html', 'identity');
  context.header('Cache-Control', 'no-cache');
  if (!page) return context.text('There is nothing at this address.\n', 404);
  const headers = { 'Content-Type': page.contentType, 'Content-Length': String(page.body.byteLength) };
  return context.body(page.body, 404, headers);
}
