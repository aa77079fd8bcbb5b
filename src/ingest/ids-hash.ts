import { hash } from 'node:crypto';
import type { PaperId } from '../domain/paper.ts';

/** One hash for a set of papers, in whatever order they come: 128 bits, the sum of a hash of each. */
export interface IdsHash {
  add(id: PaperId): void;
  /** 22 characters. */
  text(): string;
}

/** The hash of no papers yet. It needs no list of them: a listing of a million is read in constant memory. */
export function emptyIdsHash(): IdsHash {
  const sum = new Uint32Array(4);
  return {
    add(id) {
      const bytes = hash('sha256', id, 'buffer');
      for (let word = 0; word < sum.length; word += 1) {
        sum[word] = (sum[word] ?? 0) + bytes.readUInt32LE(word * 4);
      }
    },
    text: () => Buffer.from(sum.buffer).toString('base64url'),
  };
}
