import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { asError, SourceError } from '../errors.ts';

const gunzipped = promisify(gunzip);
const maxBytes = 256 * 1024 * 1024;

/** The text of a file, also of a gzip file, by its content. Throws `unreachable`, `too-large`, `malformed`, `not-recognised`. */
export async function fileText(path: string, signal?: AbortSignal): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path, signal ? { signal } : {});
  } catch (thrown) {
    signal?.throwIfAborted();
    throw new SourceError(
      'unreachable',
      `Expected a file at ${path}; it cannot be read: ${asError(thrown).message}.`,
      { cause: thrown },
    );
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = await unpacked(bytes, path);
  if (bytes.byteLength > maxBytes) throw tooLarge(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new SourceError(
      'not-recognised',
      `Expected text in UTF-8 in ${path}; got other bytes. Convert the file first.`,
      { cause: thrown },
    );
  }
}

async function unpacked(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    return await gunzipped(bytes, { maxOutputLength: maxBytes });
  } catch (thrown) {
    const error = asError(thrown);
    if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path);
    throw new SourceError(
      'malformed',
      `Expected a whole gzip file at ${path}; got a broken one: ${error.message}. Copy it again.`,
      { cause: thrown },
    );
  }
}

function tooLarge(path: string): SourceError {
  return new SourceError(
    'too-large',
    `Expected at most ${maxBytes} bytes of text in ${path}; got more. Split the file.`,
  );
}
