import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** What spreadsheets write: Excel's "CSV UTF-8" and "Unicode text", and plain CSV of Western Windows. */
export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const chunkBytes = 128 * 1024;

/**
 * The encoding of a file, by one pass over it in constant memory: its byte order mark (Unicode 23.8), else the zero
 * bytes that UTF-16 has in ASCII text, else UTF-8 when the whole file is valid UTF-8, else windows-1252, in which any
 * bytes are text. Throws the error of the file system when the file cannot be read.
 */
export async function detectEncoding(file: string, signal: AbortSignal): Promise<CsvEncoding> {
  const start = await firstBytes(file, 4096);
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (const [index, byte] of start.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > start.length / 8 && odd > 8 * even) return 'utf-16le';
  if (even > start.length / 8 && even > 8 * odd) return 'utf-16be';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytesOf(file, signal)) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252';
    throw error;
  }
}

/** The file in UTF-8, piece by piece: as it is when it is in UTF-8 already, and without a byte order mark when not. */
export async function* utf8Chunks(
  file: string,
  encoding: CsvEncoding,
  signal: AbortSignal,
): AsyncGenerator<{ readonly text: Uint8Array | string; readonly bytes: number }> {
  const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding);
  for await (const chunk of bytesOf(file, signal)) {
    yield { text: decoder ? decoder.decode(chunk, { stream: true }) : chunk, bytes: chunk.length };
  }
  if (decoder) yield { text: decoder.decode(), bytes: 0 };
}

async function* bytesOf(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes, signal })) {
    if (chunk instanceof Uint8Array) yield chunk;
  }
}

async function firstBytes(file: string, most: number): Promise<Uint8Array> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, 0);
  return buffer.subarray(0, bytesRead);
}
