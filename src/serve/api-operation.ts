import { z } from 'zod';
import type { ApiAnswer, ProblemStatus } from './api-answer.ts';

/** One thing that can be asked of the API: what the document says of it and what requests are checked by. */
export interface Operation<
  Path extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
> {
  /** Unique. */
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Below `api/v1`, with `{name}` for each member of `parameters`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Without a token. */
  readonly isOpen?: true;
  readonly parameters: Path;
  readonly query: Query;
  /** `noBody` where it takes none. */
  readonly body: Body;
  /** Request headers that it heeds. */
  readonly heeds: readonly RequestHeader[];
  /** What it answers when all is well. */
  readonly answers: Readonly<Partial<Record<200 | 201 | 204 | 304, Success>>>;
  /** Problems by their status. 401, 429 and 500 need not be named. */
  readonly problems: readonly ProblemStatus[];
}

/** Of an operation without a body. */
export const noBody = z.undefined();

export type RequestHeader = 'If-Match' | 'If-None-Match' | 'Idempotency-Key';

export interface Success {
  readonly description: string;
  /** Undefined: no body. */
  readonly schema?: z.ZodType;
  readonly headers?: readonly ('ETag' | 'Location')[];
}

/** A request whose parts are as the operation says. */
export interface ApiRequest<Path, Query, Body> {
  readonly parameters: Path;
  readonly query: Query;
  readonly body: Body;
  /** The body as it came, empty when there is none. */
  readonly bytes: Uint8Array;
  /** The value of a header. */
  readonly header: (name: RequestHeader) => string | undefined;
}

/** Parts of a request before they are checked. */
export type RawRequest = ApiRequest<
  Readonly<Record<string, string>>,
  Readonly<Record<string, unknown>>,
  unknown
>;

/** An operation with what does it. */
export interface ApiRoute {
  readonly operation: Operation;
  answer(raw: RawRequest): Promise<ApiAnswer>;
}
