import type { PaperId } from '../domain/paper.ts';

/** One hash for a set of papers, in whatever order they come: the sum of a hash of each, 128 bits. */
export interface IdsHash {
  add(id: PaperId): void;
  /** 22 characters. */
  text(): string;
}

const factors: readonly number[] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f];

/**
 * The hash of no papers yet. It needs no list of them: a listing of a million is read in constant memory. It tells
 * chance apart, not malice: a source that wants to look stale can as well send the same list.
 */
export function emptyIdsHash(): IdsHash {
  const sums = new Uint32Array(4);
  return {
    add(id) {
      for (const [word, factor] of factors.entries()) {
        let state = factor;
        for (let at = 0; at < id.length; at += 1) {
          state = Math.imul(state ^ id.charCodeAt(at), factor);
          state ^= state >>> 15;
        }
        state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
        state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
        sums[word] = (sums[word] ?? 0) + ((state ^ (state >>> 16)) >>> 0);
      }
    },
    text: () => Buffer.from(sums.buffer).toString('base64url'),
  };
}
