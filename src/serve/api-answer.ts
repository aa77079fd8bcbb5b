import { hash } from 'node:crypto';
import { isUnchanged } from './conditions.ts';
import { findings } from '../config/faults.ts';
import type { z } from 'zod';
import type { Problem } from './api-problem-schema.ts';

/** An answer of the API before it is sent; `body` is JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Something wrong with one value of a request. */
export type ProblemPart = NonNullable<Problem['errors']>[number];

/** Reason phrases of RFC 9110 section 15, RFC 6585 and RFC 9457 section 4.2.1. */
const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
} as const;

export type ProblemStatus = keyof typeof titles;

/** What went wrong, as `application/problem+json` (RFC 9457): `code` names it for programs, `detail` says it. */
export function problem(
  status: ProblemStatus,
  code: string,
  detail?: string,
  more: {
    readonly errors?: readonly ProblemPart[];
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): ApiAnswer {
  const { errors, headers } = more;
  const body: Problem = {
    type: 'about:blank',
    title: titles[status],
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...(errors && { errors: [...errors] }),
  };
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

export function json(
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): ApiAnswer {
  return jsonText(JSON.stringify(value), headers, status);
}

/** An answer whose JSON is made already, with a strong tag of its bytes (RFC 9110 section 8.8.3). */
export function jsonText(
  body: string,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): ApiAnswer {
  const fixed = { 'Content-Type': 'application/json', ETag: tagOf(body) };
  return { status, headers: { ...fixed, ...headers }, body };
}

export function tagOf(body: string): string {
  return `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
}

/** 304 in place of an answer that the client has already (RFC 9110 section 13.1.2). */
export function unlessUnchanged(answer: ApiAnswer, ifNoneMatch: string | undefined): ApiAnswer {
  const etag = answer.headers['ETag'];
  if (etag === undefined || answer.status !== 200) return answer;
  const request = { ifNoneMatch, ifModifiedSince: undefined };
  if (!isUnchanged(request, { etag, modifiedAt: Number.NaN })) return answer;
  const { 'Content-Type': _, ...headers } = answer.headers;
  return { status: 304, headers };
}

/** What a schema found in a value: where, what was expected and what came. `where` tells which part of a request it is. */
export function partsOf(
  error: z.ZodError,
  value: unknown,
  where: 'body' | 'parameters',
): readonly ProblemPart[] {
  return findings(error.issues, value).map(({ path, message }) => ({
    ...(where === 'body' ? { pointer: pointerOf(path) } : { parameter: path.map(String).join('.') }),
    detail: message,
  }));
}

/** A JSON Pointer as a fragment (RFC 6901 section 6), without escapes for a URI's sake that our keys never need. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return `#${path.map((key) => `/${encodeURIComponent(String(key).replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
}
