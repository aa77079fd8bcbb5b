import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** An encoding of HTTP that files are compressed in. */
export type Compression = 'br' | 'gzip';

/** What static web servers look for beside a file. */
export const compressedSuffixes: Readonly<Record<Compression, string>> = { br: '.br', gzip: '.gz' };

/**
 * Of brotli's 11. Measured on a feed of 870 KB and a page of 5 KB: 4 gives 120 KB in 20 ms and 2.2 KB in 0.4 ms,
 * 7 gives 90 KB in 38 ms and 2.0 KB in 0.7 ms, 9 gives 83 KB in 87 ms and 2.0 KB in 7 ms, 11 gives 76 KB in 2,460 ms.
 */
const brotliQuality = 7;
/** Of 9: 110 KB in 27 ms, where the usual 6 gives 114 KB in 17 ms. */
const gzipLevel = 9;

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

/** Texts get smaller; images are compressed already. */
export function isCompressible(contentType: string): boolean {
  return /^text\/|[+/](?:xml|json)(?:;|$)/.test(contentType);
}

/** The same bytes give the same bytes. Runs beside the event loop. */
export function compressed(bytes: Uint8Array, compression: Compression): Promise<Buffer> {
  if (compression === 'gzip') return gzipAsync(bytes, { level: gzipLevel });
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: brotliQuality, [BROTLI_PARAM_SIZE_HINT]: bytes.byteLength };
  return brotliAsync(bytes, { params });
}
