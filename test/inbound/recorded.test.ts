import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { classify } from '../../src/inbound/classify.ts';
import type { InboundReport } from '../../src/inbound/report.ts';

const folder = resolve(import.meta.dirname, '../../../shared/data/bounces');
const isThere = existsSync(join(folder, 'expected.csv'));
if (!isThere) console.log('the recorded bounces are not here: their tests are skipped');

interface Row {
  readonly file: string;
  readonly index: number;
  readonly outcome: string;
  readonly isDisputed: boolean;
}

function rows(): readonly Row[] {
  const [, ...lines] = readFileSync(join(folder, 'expected.csv'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const cells = line.split(',');
    const [file = '', index = '', outcome = ''] = cells;
    return { file, index: Number(index), outcome, isDisputed: (cells[9] ?? '') !== '' };
  });
}

/** What was found of the recipient, or of the whole mail where it does not tell them apart. */
function kindAt(report: InboundReport, index: number): string {
  return report.recipients[index - 1]?.kind ?? report.kind;
}

it.skipIf(!isThere)(
  'recorded bounces are told apart: hard from all else, complaints and automatic replies',
  { timeout: 60_000 },
  async () => {
    const reports = new Map<string, InboundReport>();
    for (const { file } of rows()) {
      if (!reports.has(file)) reports.set(file, await classify(readFileSync(join(folder, file))));
    }
    const labelled = rows()
      .filter(
        ({ outcome, isDisputed, file }) => outcome !== 'unlabelled' && !isDisputed && file.endsWith('.eml'),
      )
      .map(({ file, index, outcome }) => {
        const report = reports.get(file);
        return { file, outcome, kind: report ? kindAt(report, index) : 'unknown' };
      });
    const right = labelled.filter(({ kind, outcome }) => (kind === 'hard') === (outcome === 'hard'));
    const calledHard = labelled.filter(({ kind }) => kind === 'hard');
    const precision = calledHard.filter(({ outcome }) => outcome === 'hard').length / calledHard.length;
    const ofKind = (outcome: string) =>
      labelled.filter((row) => row.outcome === outcome).map(({ kind }) => kind);
    expect(labelled.length).toBeGreaterThan(400);
    expect(right.length / labelled.length).toBeGreaterThanOrEqual(0.97);
    expect(precision).toBeGreaterThanOrEqual(0.98);
    expect(new Set(ofKind('complaint'))).toEqual(new Set(['complaint']));
    expect(new Set(ofKind('auto-reply'))).toEqual(new Set(['auto-reply']));
    expect(new Set([...ofKind('delivered'), ...ofKind('feedback-auth-failure')])).toEqual(
      new Set(['notice']),
    );
    expect(ofKind('not-bounce').filter((kind) => kind !== 'unknown')).toEqual([]);
  },
);

it.skipIf(!isThere)(
  'no recorded file crashes it, and line ends make no difference',
  { timeout: 60_000 },
  async () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const mails = files.filter((file) => /\.(?:eml|json)$|[/\\]mbox-\d+$/.test(file));
    expect(mails.length).toBeGreaterThan(500);
    for (const file of mails.filter((name) => !name.startsWith('eml/')))
      await classify(readFileSync(join(folder, file)));
    const known = mails.filter((name) => name.startsWith('eml/')).slice(0, 60);
    for (const file of known) {
      const raw = readFileSync(join(folder, file));
      const lf = raw.toString('latin1').replaceAll('\r\n', '\n');
      const kinds = [lf, lf.replaceAll('\n', '\r\n'), lf.replaceAll('\n', '\r')].map(
        async (text) => (await classify(Buffer.from(text, 'latin1'))).kind,
      );
      expect(new Set(await Promise.all(kinds)).size, file).toBe(1);
    }
  },
);
