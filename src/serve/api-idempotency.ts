import { createHash } from 'node:crypto';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from '../store/database.ts';
import { deleteOldAnswers, findKeptAnswer, keepAnswer } from '../store/idempotency-keys.ts';
import { problem, type ApiAnswer } from './api-answer.ts';
import type { RequestHeader } from './api-operation.ts';

/** A request that changes something about a person. */
export interface WriteRequest {
  /** The name of the operation. */
  readonly operation: string;
  readonly addressHash: string;
  readonly bytes: Uint8Array;
  readonly header: (name: RequestHeader) => string | undefined;
}

/** Does what a request asks for, in one transaction with what is remembered of it. */
export type WriteOnce = (
  request: WriteRequest,
  now: Instant,
  work: (transaction: Queryable) => Promise<ApiAnswer>,
) => Promise<ApiAnswer>;

/**
 * Requests with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07) are done once: what was changed and its
 * answer are stored together, and the same request gets that answer again for 24 hours. The key with another request is
 * 422, and 409 while the first one is under way in this process; another process waits for it. A request that
 * changed nothing because of a problem is not remembered.
 */
export function writeOnce(db: Database): WriteOnce {
  const underWay = new Set<string>();
  return async (request, now, work) => {
    const given = request.header('Idempotency-Key');
    if (given === undefined) return db.transaction().execute(work);
    const key = readKey(given);
    if (key === undefined) return badKey;
    const keyHash = sha256([key]);
    if (underWay.has(keyHash)) return stillUnderWay;
    underWay.add(keyHash);
    try {
      return await db.transaction().execute(async (transaction) => {
        const fingerprint = fingerprintOf(request);
        const kept = await findKeptAnswer(transaction, keyHash, now);
        if (kept) return kept.fingerprint === fingerprint ? kept : keyOfAnother;
        const answer = await work(transaction);
        if (answer.status >= 400) return answer;
        await deleteOldAnswers(transaction, now);
        const { addressHash } = request;
        await keepAnswer(transaction, { ...answer, keyHash, addressHash, fingerprint }, now);
        return answer;
      });
    } finally {
      underWay.delete(keyHash);
    }
  };
}

const badKey = problem(400, 'invalid', 'expected a key of 1 to 255 ASCII characters, in quotes or without', {
  errors: [
    { parameter: 'Idempotency-Key', detail: 'expected a text such as "8e03978e-40d5", got something else' },
  ],
});

const keyOfAnother = problem(
  422,
  'key-of-another',
  'expected the request that this Idempotency-Key was first sent with, got another; send a new key with a new request',
);

const stillUnderWay = problem(
  409,
  'under-way',
  'a request with this Idempotency-Key is under way; send it again to get its answer',
  { headers: { 'Retry-After': '1' } },
);

/** A string of RFC 9651 section 3.3.3, or, as many clients write it, the text without quotes. */
function readKey(value: string): string | undefined {
  const [, quoted] = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(value) ?? [];
  const key = quoted?.replace(/\\(.)/g, '$1') ?? (/^[\w.~:+/=-]+$/.test(value) ? value : '');
  return key.length >= 1 && key.length <= 255 ? key : undefined;
}

function fingerprintOf({ operation, addressHash, header, bytes }: WriteRequest): string {
  return sha256([operation, addressHash, header('If-Match') ?? '', header('If-None-Match') ?? '', bytes]);
}

/** Of parts that cannot run into each other. */
function sha256(parts: readonly (string | Uint8Array)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(`${Buffer.byteLength(part)}:`).update(part);
  return sum.digest('base64url');
}
