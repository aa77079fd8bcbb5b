import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { asError, SourceError } from '../errors.ts';

const gunzipped = promisify(gunzip);
const unbrotlied = promisify(brotliDecompress);

/** All bytes of a stream of at most `maxBytes`; the rest of a longer one is not read. Throws `too-large`. */
export async function readLimited(
  stream: AsyncIterable<Uint8Array> & { destroy(): unknown },
  maxBytes: number,
  from: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      stream.destroy();
      throw tooLarge(from, maxBytes);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The body without its content coding (RFC 9110 section 8.4): gzip, br or none. Never more than `maxBytes` are
 * written, whatever the coded body claims. Throws `too-large`, `malformed` (cut off) or `not-recognised`.
 */
export async function decoded(
  body: Uint8Array,
  coding: string | undefined,
  maxBytes: number,
  from: string,
): Promise<Uint8Array> {
  const name = coding?.trim().toLowerCase() ?? '';
  const decode = name === 'gzip' || name === 'x-gzip' ? gunzipped : name === 'br' ? unbrotlied : undefined;
  if (body.byteLength === 0 || name === '' || name === 'identity') return body;
  if (!decode) {
    throw new SourceError(
      'not-recognised',
      `Expected gzip, br or no content coding from ${from}; got "${name}".`,
    );
  }
  try {
    return await decode(body, { maxOutputLength: maxBytes });
  } catch (thrown) {
    const error = asError(thrown);
    if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(from, maxBytes);
    throw new SourceError(
      'malformed',
      `Expected a whole ${name} body from ${from}; got a broken one: ${error.message}. Try again later.`,
      { cause: thrown },
    );
  }
}

/** The first words of a body, in quotation marks, for an error. */
export function excerpt(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 800)).replace(/\s+/g, ' ').trim();
  return text ? `"${text.slice(0, 120)}"` : 'an empty body';
}

function tooLarge(from: string, maxBytes: number): SourceError {
  return new SourceError(
    'too-large',
    `Expected at most ${maxBytes} bytes from ${from}; got more. If the source is right, allow more.`,
  );
}
