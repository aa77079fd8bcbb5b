import type { Listing } from '../domain/listing.ts';

const factors = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

/**
 * One hash for the papers of a listing, in whatever order they are listed: the sum of a hash of each, 128 bits in 22
 * characters. It tells chance apart, not malice: a source that wants to look stale can as well send the same list.
 */
export function idsHash({ entries }: Pick<Listing, 'entries'>): string {
  const sums = new Uint32Array(factors.length);
  for (const { paper } of entries) {
    for (const [word, factor] of factors.entries()) {
      sums[word] = (sums[word] ?? 0) + hashed(paper.id, factor);
    }
  }
  return Buffer.from(sums.buffer).toString('base64url');
}

/** 32 bits, with the last step of MurmurHash3. */
function hashed(text: string, factor: number): number {
  let state = factor;
  for (let at = 0; at < text.length; at += 1) {
    state = Math.imul(state ^ text.charCodeAt(at), factor);
    state ^= state >>> 15;
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
