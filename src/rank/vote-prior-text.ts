import { z } from 'zod';
import { StoreError, asError } from '../errors.ts';
import { voteSideNames, type VotePrior } from './vote-prior.ts';

/** Rises when a prior of the same numbers would be read otherwise. */
const version = 1;

const numbers = z.string().transform((text) => {
  const bytes = Buffer.from(text, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
});

const form = z
  .object({
    version: z.literal(version),
    papers: z.int(),
    words: z.object({ bits: z.int().min(1).max(24), papers: z.int(), weights: numbers }).optional(),
    scales: z.object({ means: z.array(z.number()), spreads: z.array(z.number()) }).optional(),
    model: z.object({ mean: z.number(), words: numbers, sides: z.array(z.number()) }),
  })
  .refine(
    ({ words, scales, model }) => {
      const buckets = words ? 2 ** words.bits : 0;
      const sides = scales ? voteSideNames.length : 0;
      return (
        (words?.weights.length ?? 0) === buckets &&
        model.words.length === buckets &&
        [model.sides, scales?.means ?? [], scales?.spreads ?? []].every(({ length }) => length === sides)
      );
    },
    { error: 'expected a number for each bucket of words and each signal' },
  );

/** A learned prior as text, some 700 kB. The same prior gives the same text. */
export function encodeVotePrior({ papers, words, scales, model }: VotePrior): string {
  return JSON.stringify({
    version,
    papers,
    ...(words && { words: { bits: words.bits, papers: words.papers, weights: base64(words.weights) } }),
    ...(scales && { scales }),
    model: { mean: model.mean, words: base64(model.words), sides: [...model.sides] },
  });
}

/** The prior of such a text. Throws a StoreError for a text of another version or that is broken. */
export function decodeVotePrior(text: string): VotePrior {
  try {
    const { papers, words, scales, model } = form.parse(JSON.parse(text));
    return {
      papers,
      ...(words && { words }),
      ...(scales && { scales }),
      model: { ...model, sides: Float64Array.from(model.sides) },
    };
  } catch (thrown) {
    throw new StoreError(
      `expected a learned ranking of version ${version} in the store, got another or a broken one: ` +
        `${asError(thrown).message.slice(0, 200)}. Learn it again with "broadsheet learn".`,
      { cause: thrown },
    );
  }
}

function base64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
