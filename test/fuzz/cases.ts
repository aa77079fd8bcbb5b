import * as fc from 'fast-check';
import { asError, SourceError } from '../../src/errors.ts';
import { mutated, mutations } from './mutations.ts';
import type { FuzzedParser } from './parsers.ts';
import { valueChanges, withValueChanges } from './value-changes.ts';

/** No document may keep a reader busy for longer: time of the processor, so that a busy machine is no fault. */
const maxMs = 5000;

export interface FuzzCounts {
  read: number;
  refused: number;
  /** Of the case that took longest. */
  slowestMs: number;
}

/**
 * Gives a parser so many mutations of its documents. Resolves with the counts and, where a case failed, with fast-check's
 * report: the parser threw anything but a `SourceError` that says what was expected, gave what the domain does not
 * allow, or took over 5 s. The same seed makes the same cases.
 */
export async function fuzz(
  parser: FuzzedParser,
  options: { readonly cases: number; readonly seed: number },
): Promise<{ readonly counts: FuzzCounts; readonly failure: string | undefined }> {
  const documents = parser.documents();
  const counts: FuzzCounts = { read: 0, refused: 0, slowestMs: 0 };
  const run = await fc.check(
    fc.asyncProperty(
      fc.nat(documents.length - 1),
      mutations,
      valueChanges,
      fc.nat(59),
      async (at, changes, values, variant) => {
        const document = documents[at] ?? new Uint8Array();
        // Most changes to the bytes of JSON only break it: those to its values are the more telling ones.
        const valued = variant % 4 === 0 ? undefined : withValueChanges(document, values);
        const start = process.cpuUsage();
        counts[await outcomeOf(parser, valued ?? mutated(document, changes), variant)] += 1;
        const { user, system } = process.cpuUsage(start);
        const ms = (user + system) / 1000;
        counts.slowestMs = Math.max(counts.slowestMs, ms);
        if (ms > maxMs) throw new Error(`took ${Math.round(ms)} ms`);
      },
    ),
    // Making a failing case smaller would try a slow one again and again.
    { numRuns: options.cases, seed: options.seed, endOnFailure: true },
  );
  const failure = run.failed
    ? `${fc.defaultReportMessage(run)}\n${asError(run.errorInstance).stack}`
    : undefined;
  return { counts, failure };
}

async function outcomeOf(
  parser: FuzzedParser,
  document: Uint8Array,
  variant: number,
): Promise<'read' | 'refused'> {
  try {
    await parser.read(document, variant);
    return 'read';
  } catch (thrown) {
    const error = asError(thrown);
    if (!(error instanceof SourceError) || !error.message.startsWith('Expected ')) throw error;
    return 'refused';
  }
}
