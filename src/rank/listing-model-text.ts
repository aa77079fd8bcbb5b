import { z } from 'zod';
import { asError, StoreError } from '../errors.ts';
import { listingSideNames, type ListingModel } from './listing-chance.ts';

/** Rises when words, buckets or signals are made in another way: the same numbers would then mean something else. */
const version = 1;

const numbers = z.array(z.number());
const form = z
  .object({
    version: z.literal(version),
    papers: z.int(),
    sideNames: z.array(z.string()),
    scales: z.object({ means: numbers, spreads: numbers }),
    words: z.object({ bits: z.int().min(1).max(24), papers: z.int(), weights: z.base64() }),
    model: z.object({ mean: z.number(), words: z.base64(), sides: numbers }),
    /** Name, papers, listed papers. */
    history: z.array(z.tuple([z.string(), z.int(), z.int()])).optional(),
  })
  .transform(({ words, model, history, ...rest }) => ({
    ...rest,
    words: { ...words, weights: floatsOf(words.weights) },
    model: { mean: model.mean, words: floatsOf(model.words), sides: Float64Array.from(model.sides) },
    history: history && new Map(history.map(([name, papers, listed]) => [name, { papers, listed }])),
  }))
  .refine(
    ({ words, model }) => [words.weights, model.words].every(({ length }) => length === 2 ** words.bits),
    {
      error: 'expected a number for each bucket of words',
    },
  )
  .refine(
    ({ sideNames, scales, model, history }) =>
      sideNames.join() === listingSideNames(history !== undefined).join() &&
      [scales.means, scales.spreads, model.sides].every(({ length }) => length === sideNames.length),
    { error: 'expected the side signals of this program' },
  );

/** A learned chance of listing as text: 700 kB, and some 20 bytes for each author with a past. The same model gives the same text. */
export function encodeListingModel({ papers, words, scales, model, history }: ListingModel): string {
  return JSON.stringify({
    version,
    papers,
    sideNames: listingSideNames(history !== undefined),
    scales,
    words: { ...words, weights: base64Of(words.weights) },
    model: { mean: model.mean, words: base64Of(model.words), sides: [...model.sides] },
    ...(history && {
      history: [...history].map(([name, { papers, listed }]) => [name, papers, listed]),
    }),
  });
}

/** The model of such a text. Throws a `StoreError` for a text of another version, of other signals, or that is broken. */
export function decodeListingModel(text: string): ListingModel {
  try {
    const { papers, words, scales, model, history } = form.parse(JSON.parse(text));
    return { papers, words, scales, model, ...(history && { history }) };
  } catch (thrown) {
    throw new StoreError(
      `Expected a stored chance of listing of version ${version}; got another or a broken one: ` +
        `${asError(thrown).message.slice(0, 200)}. Fit it anew.`,
      { cause: thrown },
    );
  }
}

/** 32-bit floats, least byte first on any machine. */
function base64Of(values: Float32Array): string {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, 4 * at);
  return bytes.toString('base64');
}

function floatsOf(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(4 * at));
}
