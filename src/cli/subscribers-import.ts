import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatInstant } from '../domain/time.ts';
import { asError, UsageError } from '../errors.ts';
import { readColumnMap } from '../subscribers/import-columns.ts';
import { importSubscribers, type ImportReport } from '../subscribers/import.ts';
import type { ImportRow } from '../subscribers/import-row.ts';
import type { Context } from './context.ts';
import { withAppOrCopy } from './dry-run.ts';
import type { ExitCode } from './exit-code.ts';
import { openProgress } from './progress.ts';
import { checkDigests } from './subscribers-choice.ts';
import type { ImportOptions } from './subscribers-options.ts';

type Outcome = ImportReport | { readonly file: string; readonly failure: string };

/** So many faults of a file are kept for the JSON document; the rest is counted. */
const faultsKept = 1_000;

/** Takes files in one after the other; one that cannot be read does not stop the others, nor does a faulty row. */
export async function importSubscriberFiles(
  context: Context,
  files: readonly string[],
  { map: pairs = [], digest: named }: ImportOptions,
): Promise<ExitCode> {
  const { json, dryRun, quiet } = context.options;
  const map = readColumnMap(pairs);
  if (typeof map === 'string') throw new UsageError(map);
  const now = context.now();
  const progress = await openProgress(quiet !== true);
  const faults: { readonly file: string; readonly line: number; readonly message: string }[] = [];
  const outcomes = await withAppOrCopy(context, async ({ db, tokens, config }) => {
    const keys = config.digests.map(({ key }) => key);
    const into = named ? checkDigests(named, config) : keys.length === 1 ? keys : [];
    const digests = new Map(config.digests.map(({ key, topics }) => [key, topics]));
    const done: Outcome[] = [];
    for (const file of files) {
      context.signal.throwIfAborted();
      try {
        const { size } = await stat(file);
        const report = await importSubscribers(db, tokens, file, {
          map,
          digests,
          into,
          now,
          signal: context.signal,
          onFault: ({ line, message }) => {
            if (!json) context.print(`${file}:${line}: ${message}`);
            else if (faults.length < faultsKept) faults.push({ file, line, message });
          },
          onProgress: (readBytes) => progress.show(basename(file), Math.floor((readBytes / size) * 100), 100),
        });
        done.push(report);
        if (!json) for (const line of reportLines(report, dryRun === true)) context.print(line);
      } catch (error) {
        if (context.signal.aborted || !isFileError(error)) throw error;
        const failure = `expected a readable file, got: ${error.message}`;
        done.push({ file, failure });
        if (!json) context.print(`${file}: ${failure}`);
      }
    }
    return done;
  }).finally(() => progress.stop());
  if (json) {
    const files = outcomes.map((one) => ('first' in one && !dryRun ? withoutPreview(one) : one));
    context.print(JSON.stringify({ files, faults }, undefined, 2));
  }
  const failed = outcomes.filter((one) => 'failure' in one || (one.rows === 0 && one.faults > 0)).length;
  if (failed === outcomes.length) return 1;
  return failed > 0 || outcomes.some((one) => 'faults' in one && one.faults > 0) ? 3 : 0;
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return asError(error) === error && 'code' in error && 'syscall' in error;
}

function withoutPreview(report: ImportReport): ImportReport {
  return { ...report, first: [] };
}

const delimiterNames: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' };

function reportLines(report: ImportReport, isPreview: boolean): readonly string[] {
  const { file, rows, faults, counts, encoding, delimiter, program, note, columns, unused, first } = report;
  if (rows === 0 && faults > 0) return [];
  const lines: string[] = [];
  if (isPreview) {
    const origin = program === undefined ? '' : `an export of ${program}, `;
    lines.push(`${file}: ${origin}${encoding}, ${delimiterNames[delimiter] ?? delimiter} between the values`);
    for (const [key, column] of Object.entries(columns)) lines.push(`  ${column} is ${key}`);
    if (unused.length > 0) lines.push(`  not used: ${unused.join(', ')}`);
    for (const row of first) lines.push(`  line ${row.line}: ${rowLine(row)}`);
  }
  const told = [
    `${counts.added} new readers`,
    `${counts.subscribed} subscriptions`,
    ...count(counts.unsubscribed, 'unsubscribed'),
    ...count(counts.suppressed, 'get no mail any more'),
    ...count(counts.unchanged, 'as before'),
    ...count(counts.keptOut, 'kept out: they left, bounced or complained'),
    ...count(counts.erased, 'kept out: they were erased'),
    ...count(counts.overruled, 'kept in: they signed up here later'),
    ...count(counts.pending, 'not taken in: they never confirmed'),
    ...count(faults, 'faults'),
  ];
  lines.push(`${file}: ${rows} rows: ${told.join(', ')}`);
  if (note !== undefined) lines.push(`${file}: note: ${note}`);
  return lines;
}

function count(number: number, what: string): readonly string[] {
  return number === 0 ? [] : [`${number} ${what}`];
}

function rowLine({ address, profile, says, bar, digests, topics, saidAt }: ImportRow): string {
  const words = {
    yes: 'subscribed',
    left: 'unsubscribed',
    pending: 'never confirmed',
    nothing: 'no subscription',
  };
  return [
    address,
    ...(profile.name === undefined ? [] : [profile.name]),
    `${words[says]}${saidAt === undefined ? '' : ` ${formatInstant(saidAt)}`}`,
    ...(bar === undefined ? [] : [`no mail: ${bar}`]),
    digests.join(' '),
    ...(topics ? [topics.join(' ')] : []),
  ].join(', ');
}
