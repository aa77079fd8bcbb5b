import { z } from 'zod';
import { StoreError } from '../errors.ts';
import { listingSideNames, type ListingModel } from './listing-chance.ts';
import type { LinearModel } from './ridge.ts';
import { voteSideNames, type VotePrior } from './vote-prior.ts';
import type { WordModel } from './words.ts';

/*
 * A stored model is one line of JSON, its head, and behind it its word numbers as 32-bit floats, least byte first:
 * the weights of the word model, then those of the linear model.
 */

/** To be raised when words, buckets or signals are made in another way: old weights would then mean something else. */
const version = 1;

const numbers = z.array(z.number());
const head = z.object({
  kind: z.string(),
  version: z.number(),
  papers: z.number(),
  mean: z.number(),
  sideNames: z.array(z.string()),
  sides: numbers,
  scales: z.object({ means: numbers, spreads: numbers }).optional(),
  words: z.object({ bits: z.int().min(1).max(24), papers: z.number() }).optional(),
  history: z.array(z.tuple([z.string(), z.number(), z.number()])).optional(),
});
type Head = z.infer<typeof head>;

const priorKind = 'vote prior';
const listingKind = 'chance of listing';

/** The prior as bytes, half a megabyte with words; the same prior gives the same bytes. */
export function encodeVotePrior({ papers, words, scales, model }: VotePrior): Uint8Array {
  const sideNames = scales ? voteSideNames : [];
  return encode({ kind: priorKind, papers, sideNames, ...(scales && { scales }) }, model, words);
}

/** The prior that was encoded. Throws a `StoreError` for bytes of another form or version. */
export function decodeVotePrior(bytes: Uint8Array): VotePrior {
  const { stored, model, words } = decode(bytes, priorKind, (found) => (found.scales ? voteSideNames : []));
  const { papers, scales } = stored;
  return { papers, model, ...(words && { words }), ...(scales && { scales }) };
}

/** The model as bytes: half a megabyte, and some 40 bytes for each author with a past. */
export function encodeListingModel({ papers, words, scales, model, history }: ListingModel): Uint8Array {
  const sideNames = listingSideNames(history !== undefined);
  const records = [...(history ?? [])].map(([name, { papers, listed }]) => [name, papers, listed] as const);
  const known = { kind: listingKind, papers, sideNames, scales, ...(history && { history: records }) };
  return encode(known, model, words);
}

/** The model that was encoded. Throws a `StoreError` for bytes of another form or version. */
export function decodeListingModel(bytes: Uint8Array): ListingModel {
  const { stored, model, words } = decode(bytes, listingKind, (found) =>
    listingSideNames(found.history !== undefined),
  );
  const { papers, scales, history } = stored;
  if (!words || !scales) throw unfit(listingKind, 'one without words or scales');
  return {
    papers,
    words,
    scales,
    model,
    ...(history && {
      history: new Map(history.map(([name, papers, listed]) => [name, { papers, listed }])),
    }),
  };
}

function encode(known: object, model: LinearModel, words: WordModel | undefined): Uint8Array {
  const line = JSON.stringify({
    ...known,
    version,
    mean: model.mean,
    sides: [...model.sides],
    ...(words && { words: { bits: words.bits, papers: words.papers } }),
  });
  const start = new TextEncoder().encode(`${line}\n`);
  const parts = words ? [words.weights, model.words] : [];
  const bytes = new Uint8Array(start.length + parts.reduce((sum, part) => sum + 4 * part.length, 0));
  bytes.set(start);
  const view = new DataView(bytes.buffer);
  let at = start.length;
  for (const part of parts) {
    for (const value of part) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

function decode(
  bytes: Uint8Array,
  kind: string,
  sideNames: (stored: Head) => readonly string[],
): { readonly stored: Head; readonly model: LinearModel; readonly words?: WordModel } {
  const end = bytes.indexOf(0x0a);
  const stored = headOf(bytes.subarray(0, Math.max(0, end)), kind);
  const expected = sideNames(stored);
  const sides = stored.sideNames.join();
  if (sides !== expected.join()) throw unfit(kind, `one with the signals ${sides || '(none)'}`);
  const counts = [stored.sides, stored.scales?.means ?? [], stored.scales?.spreads ?? []];
  if (counts.some(({ length }) => length !== expected.length)) throw unfit(kind, 'one with missing weights');

  const buckets = stored.words ? 2 ** stored.words.bits : 0;
  const floats = bytes.subarray(end + 1);
  if (floats.length !== 8 * buckets) {
    throw unfit(kind, `one with ${floats.length} bytes of word weights where ${8 * buckets} belong`);
  }
  const view = new DataView(floats.buffer, floats.byteOffset, floats.length);
  const part = (from: number): Float32Array =>
    Float32Array.from({ length: buckets }, (_, at) => view.getFloat32(4 * (from + at), true));
  return {
    stored,
    model: { mean: stored.mean, words: part(buckets), sides: Float64Array.from(stored.sides) },
    ...(stored.words && { words: { ...stored.words, weights: part(0) } }),
  };
}

function headOf(line: Uint8Array, kind: string): Head {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(line));
  } catch (thrown) {
    throw unfit(kind, 'bytes of another form', thrown);
  }
  const named = z.object({ kind: z.string(), version: z.number() }).safeParse(value);
  if (!named.success) throw unfit(kind, 'bytes of another form');
  if (named.data.kind !== kind || named.data.version !== version)
    throw unfit(kind, `a ${named.data.kind} of version ${named.data.version}`);
  const parsed = head.safeParse(value);
  if (!parsed.success) throw unfit(kind, 'one with missing fields');
  return parsed.data;
}

function unfit(kind: string, found: string, cause?: unknown): StoreError {
  return new StoreError(`Expected a stored ${kind} of version ${version}; got ${found}. Fit it anew.`, {
    ...(cause !== undefined && { cause }),
  });
}
