import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { paperObject } from '../../../src/sources/paper-objects.ts';
import { capturesIn, captureListing } from '../../../src/sources/captures.ts';
import type { ColdPaper, Fold } from '../../../src/rank/backtest/cold-start.ts';

/** Recordings of the real sources, beside the repository; they are not part of it. */
export const recordings = new URL('../../../../shared/data/', import.meta.url);

/** Two months each, as in the measurements that the bars come from. */
export const recordedFolds: readonly Fold[] = [
  { from: '2025-08-01', to: '2025-09-30' },
  { from: '2025-10-01', to: '2025-11-30' },
  { from: '2026-02-01', to: '2026-03-31' },
];

/** Days whose lists with votes are recorded, so that a paper without votes was not on them. */
const labelled = [
  { from: '2025-04-09', to: '2025-11-21' },
  { from: '2026-02-02', to: '2026-03-31' },
];

/** The recorded arXiv lists, each paper once, with the most votes of all recorded Daily Papers answers. */
export function recordedColdPapers(): readonly ColdPaper[] {
  const votes = recordedVotes();
  const papers = new Map<string, ColdPaper>();
  for (const line of linesOf('arxiv/metadata/')) {
    const value: unknown = JSON.parse(line);
    const item = paperObject(value, 1);
    const listDate = listDateOf(value);
    if (!('paper' in item) || !labelled.some(({ from, to }) => listDate >= from && listDate <= to)) continue;
    const { id } = item.paper;
    const most = votes.get(id);
    if (!papers.has(id))
      papers.set(id, { paper: item.paper, listDate, ...(most !== undefined && { votes: most }) });
  }
  return [...papers.values()];
}

function recordedVotes(): ReadonlyMap<string, number> {
  const votes = new Map<string, number>();
  for (const line of linesOf('hf/captures/')) {
    for (const capture of capturesIn(line, 'captures')) {
      for (const { paper, signals } of captureListing(capture, 'daily-papers', 'captures').entries) {
        const upvotes = signals.find(({ kind }) => kind === 'upvotes')?.value ?? 0;
        votes.set(paper.id, Math.max(votes.get(paper.id) ?? 0, upvotes));
      }
    }
  }
  return votes;
}

function listDateOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'listed_on' in value ? String(value.listed_on) : '';
}

function linesOf(folder: string): readonly string[] {
  const names = readdirSync(new URL(folder, recordings)).filter((name) => name.endsWith('.jsonl.gz'));
  return names.toSorted().flatMap((name) =>
    gunzipSync(readFileSync(new URL(folder + name, recordings)))
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== ''),
  );
}
