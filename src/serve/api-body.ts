import { problem, type ApiAnswer } from './api-answer.ts';

const mostBytes = 64 * 1024;

/** A body as bytes and as the value it means, or what is wrong with it. */
export type ReadBody =
  | { readonly bytes: Uint8Array; readonly value: unknown }
  | { readonly problem: ApiAnswer };

const none: ReadBody = { bytes: new Uint8Array(), value: undefined };

/** Reads a body of JSON in UTF-8 (RFC 8259), at most 64 KB; of a longer one no more than that is read. */
export async function readJson(request: Request): Promise<ReadBody> {
  const type = request.headers.get('content-type');
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (!isJson(type) || encoding.toLowerCase() !== 'identity') {
    const came = isJson(type) ? `the encoding ${encoding}` : (type ?? 'no Content-Type');
    const detail = `expected a body of application/json without an encoding, got ${came.slice(0, 100)}`;
    return { problem: problem(415, 'not-json', detail, { headers: { Accept: 'application/json' } }) };
  }
  const bytes = await firstBytes(request);
  if (!bytes) {
    return { problem: problem(413, 'too-long', `expected at most ${mostBytes} bytes, got more; send less`) };
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return { bytes, value };
  } catch {
    const came = bytes.byteLength === 0 ? 'nothing' : 'something else';
    return { problem: problem(400, 'malformed', `expected JSON in UTF-8, got ${came}`) };
  }
}

/** For what takes no body: one that is not empty is a fault. */
export async function readNothing(request: Request): Promise<ReadBody> {
  if (!request.body) return none;
  const reader = request.body.getReader();
  const { value } = await reader.read();
  if (value === undefined || value.byteLength === 0) return none;
  await reader.cancel();
  return { problem: problem(400, 'body', 'expected no body, got one; leave it out') };
}

function isJson(type: string | null): boolean {
  return /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type ?? '');
}

/** Undefined when there is more than we want. */
async function firstBytes(request: Request): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
