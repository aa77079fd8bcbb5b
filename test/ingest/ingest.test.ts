import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListingAnswer } from '../../src/domain/listing.ts';
import { hourMs } from '../../src/domain/time.ts';
import { SourceError } from '../../src/errors.ts';
import { ingest, type SourceReport } from '../../src/ingest/ingest.ts';
import { createHttpClient } from '../../src/sources/http.ts';
import type { ReadContext, Source } from '../../src/sources/source.ts';
import { candidatesFor } from '../../src/store/candidates.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { findPaper } from '../../src/store/papers.ts';
import { signalsOf } from '../../src/store/signals.ts';
import { sourceStates } from '../../src/store/source-states.ts';
import { listing, listingEntry, paperRecord } from '../fixtures/papers.ts';

const start = Date.parse('2025-10-14T02:00:00Z');
let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-ingest-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
});

afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

/** A source that answers from memory: the port's smallest implementation. */
function memorySource(
  name: string,
  read: (key: string, context: ReadContext) => ListingAnswer,
  keys = ['today'],
): Source {
  return {
    name,
    kind: 'memory',
    address: 'memory',
    requests: () => keys.map((key) => ({ key })),
    read: async (request, context) => read(request.key, context),
  };
}

function answers(name: string, make: (now: number) => readonly ReturnType<typeof listingEntry>[]): Source {
  return memorySource(name, (_, { now }) => ({
    state: 'read',
    listing: listing(name, now, make(now)),
    validators: {},
  }));
}

async function read(now: number, ...sources: readonly Source[]): Promise<readonly SourceReport[]> {
  await using http = createHttpClient({
    userAgent: 'test',
    allowedHosts: [],
    timeoutMs: 1000,
    maxBytes: 1000,
  });
  return ingest(sources, { db, http, now, signal: new AbortController().signal });
}

const voted = (number: number, upvotes: number) =>
  listingEntry(paperRecord(number), { signals: [{ kind: 'upvotes', value: upvotes }] });

describe('ingest', () => {
  it('stores what is new once, whatever often it is read', async () => {
    const source = answers('daily', () => [voted(1, 3), voted(2, 5)]);
    expect((await read(start, source))[0]?.listings[0]).toMatchObject({ added: 2, unchanged: 0, signals: 2 });
    expect((await read(start + hourMs, source))[0]?.listings[0]).toMatchObject({
      added: 0,
      unchanged: 2,
      signals: 0,
    });
    const paper = await findPaper(db, 'arxiv:2510.90001');
    expect(paper).toMatchObject({ firstSeenAt: start, firstSource: 'daily' });
  });

  it('keeps every count with its time, falls included, and none twice', async () => {
    for (const [hours, upvotes] of [
      [0, 3],
      [1, 3],
      [2, 9],
      [3, 8],
    ] as const) {
      await read(
        start + hours * hourMs,
        answers('daily', () => [voted(1, upvotes)]),
      );
    }
    const signals = (await signalsOf(db, ['arxiv:2510.90001'], start + 9 * hourMs)).get('arxiv:2510.90001');
    expect(signals?.map(({ value, countedAt }) => [value, (countedAt - start) / hourMs])).toEqual([
      [3, 0],
      [9, 2],
      [8, 3],
    ]);
  });

  it('shows nothing that was counted later than the time asked for', async () => {
    await read(
      start,
      answers('daily', () => [voted(1, 3)]),
    );
    await read(
      start + 5 * hourMs,
      answers('daily', () => [voted(1, 30)]),
    );
    const signals = await signalsOf(db, ['arxiv:2510.90001'], start + hourMs);
    expect(signals.get('arxiv:2510.90001')).toHaveLength(1);
  });

  it('writes nothing for an unchanged listing', async () => {
    let asked = 0;
    const source = memorySource('daily', (_, { validators, now }) => {
      asked += 1;
      if (validators?.etag === '"1"') return { state: 'unchanged' };
      return { state: 'read', listing: listing('daily', now, [voted(1, 3)]), validators: { etag: '"1"' } };
    });
    await read(start, source);
    const rows = async () => db.selectFrom('listings').select('id').execute();
    const before = await rows();
    const [report] = await read(start + hourMs, source);
    expect(report).toMatchObject({ state: 'unchanged', unchangedListings: 1, listings: [] });
    expect(asked).toBe(2);
    expect(await rows()).toEqual(before);
  });

  it('never removes anything when a listing comes back empty or shorter', async () => {
    await read(
      start,
      answers('daily', () => [voted(1, 3), voted(2, 5)]),
    );
    await read(
      start + hourMs,
      answers('daily', () => []),
    );
    const candidates = await candidatesFor(db, { digest: 'daily', earliestAt: 0, now: start + 2 * hourMs });
    expect(candidates.map((one) => one.paper.id)).toEqual(['arxiv:2510.90001', 'arxiv:2510.90002']);
  });

  it('commits a listing whole or not at all', async () => {
    const broken = voted(2, -1);
    const [report] = await read(
      start,
      answers('daily', () => [voted(1, 3), broken]),
    );
    expect(report).toMatchObject({ state: 'failed', failures: [{ code: 'internal' }] });
    expect(await findPaper(db, 'arxiv:2510.90001')).toBeUndefined();
  });

  it('reports a source that fails with its reason and goes on with the others', async () => {
    const failing = memorySource('broken', () => {
      throw new SourceError('status', 'expected 200, got 500');
    });
    const reports = await read(
      start,
      failing,
      answers('daily', () => [voted(1, 3)]),
    );
    expect(reports[0]).toMatchObject({
      state: 'failed',
      failures: [{ code: 'status', message: 'expected 200, got 500' }],
    });
    expect(reports[1]).toMatchObject({ state: 'ok' });
    const states = await sourceStates(db);
    expect(states.get('broken')?.reason).toBe('expected 200, got 500');
    expect(states.get('daily')).toMatchObject({ lastOkAt: start });
  });

  it('keeps what a source did answer when one of its requests fails', async () => {
    const half = memorySource(
      'daily',
      (key, { now }) => {
        if (key === 'b') throw new SourceError('malformed', 'cut off');
        return { state: 'read', listing: listing('daily', now, [voted(1, 3)]), validators: {} };
      },
      ['a', 'b', 'c'],
    );
    const [report] = await read(start, half);
    expect(report?.state).toBe('failed');
    expect(report?.listings.map((one) => one.requestKey)).toEqual(['a', 'c']);
    expect(await findPaper(db, 'arxiv:2510.90001')).toBeDefined();
  });

  it('does not make a replacement of an unknown paper a candidate, until a source lists it as new', async () => {
    const replaced = listingEntry(paperRecord(1, { version: 3 }), { kind: 'replacement' });
    await read(
      start,
      answers('arxiv', () => [replaced]),
    );
    const at = (hours: number) =>
      candidatesFor(db, { digest: 'daily', earliestAt: 0, now: start + hours * hourMs });
    expect(await at(1)).toEqual([]);
    await read(
      start + 2 * hourMs,
      answers('daily', () => [voted(1, 3)]),
    );
    expect(await at(3)).toMatchObject([{ hasVotes: true, isNew: true, seenAt: start + 2 * hourMs }]);
  });

  it('revises nothing when a past day is read again after a later one', async () => {
    const titled = (title: string, number = 1) => [listingEntry(paperRecord(number, { title }))];
    await read(
      start,
      answers('daily', () => titled('Old title')),
    );
    await read(
      start + hourMs,
      answers('daily', () => titled('New title')),
    );
    const [again] = await read(
      start,
      answers('daily', () => [...titled('Old title'), ...titled('Missed', 2)]),
    );
    expect(again?.listings[0]).toMatchObject({ added: 1, revised: 0, unchanged: 1 });
    expect(await findPaper(db, 'arxiv:2510.90001')).toMatchObject({ title: 'New title' });
    const [later] = await read(
      start + 2 * hourMs,
      answers('daily', () => titled('New title')),
    );
    expect(later?.listings[0]).toMatchObject({ revised: 0 });
    expect((await sourceStates(db)).get('daily')?.lastOkAt).toBe(start + 2 * hourMs);
  });

  it('does not take a count of a past day, read again, for the newest', async () => {
    await read(
      start,
      answers('daily', () => [voted(1, 5)]),
    );
    await read(
      start + 2 * hourMs,
      answers('daily', () => [voted(1, 5)]),
    );
    await read(
      start + hourMs,
      answers('daily', () => [voted(1, 7)]),
    );
    const signals = (await signalsOf(db, ['arxiv:2510.90001'], start + 9 * hourMs)).get('arxiv:2510.90001');
    expect(signals?.map((signal) => signal.value)).toEqual([5]);
  });

  it('keeps a revision of one list day when another was read a moment later by another process', async () => {
    const days =
      (title: string) =>
      (key: string, { now }: ReadContext): ListingAnswer => ({
        state: 'read',
        listing: listing('daily', now, [listingEntry(paperRecord(key === 'one' ? 1 : 2, { title }))]),
        validators: {},
      });
    await read(start, memorySource('daily', days('Old'), ['one', 'two']));
    await read(start + 5000, memorySource('daily', days('New'), ['one']));
    const [late] = await read(start + 4000, memorySource('daily', days('New'), ['two']));
    expect(late?.listings[0]?.revised).toBe(1);
  });

  it('takes a list whose day has only begun, or not yet', async () => {
    const midnight = Date.parse('2025-10-14T00:00:00Z');
    const ahead = memorySource('daily', (_, { now }) => ({
      state: 'read',
      listing: listing('daily', now, [voted(1, 3)], { listDate: '2025-10-15' }),
      validators: {},
    }));
    expect((await read(midnight, ahead))[0]).toMatchObject({ failures: [], listings: [{ added: 1 }] });
  });

  it('brackets the unknown time of listing by the last reading without the paper', async () => {
    await read(
      start,
      answers('daily', () => [voted(1, 3)]),
    );
    await read(
      start + 6 * hourMs,
      answers('daily', () => [voted(1, 4), voted(2, 1)]),
    );
    const candidates = await candidatesFor(db, { digest: 'daily', earliestAt: 0, now: start + 7 * hourMs });
    expect(candidates.map(({ seenAfter, seenAt }) => [seenAfter, seenAt])).toEqual([
      [Date.parse('2025-10-14T00:00:00Z'), start],
      [start, start + 6 * hourMs],
    ]);
  });
});
