import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInstant, hourMs } from '../../src/domain/time.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { signalHistories } from '../../src/store/histories.ts';
import { insertPapers } from '../../src/store/papers.ts';
import { storeSignals } from '../../src/store/signals.ts';

const start = parseInstant('2026-11-20T00:00:00Z') ?? 0;
const [one, two] = ['arxiv:2611.00001', 'arxiv:2611.00002'];

let db: Database;

beforeEach(async () => {
  db = await openDatabase(':memory:');
  await insertPapers(
    db,
    [one, two].map((id) => ({
      paper: {
        id,
        title: 'A paper',
        abstract: 'It says something.',
        authors: [],
        categories: [],
        keywords: [],
        links: { abstract: 'https://example.org/' },
        firstSeenAt: start,
        firstSource: 'list',
        origins: {},
      },
      textSource: 'list',
    })),
  );
});

afterEach(() => db.destroy());

async function count(hours: number, source: string, votes: number, stars = 3): Promise<void> {
  await storeSignals(db, source, start + hours * hourMs, [
    { paperId: one, kind: 'upvotes', source, countedAt: start + hours * hourMs, value: votes },
    { paperId: one, kind: 'stars', source, countedAt: start + hours * hourMs, value: stars },
  ]);
}

describe('what was counted of a paper', () => {
  it('ends at the time that is asked for, the oldest first, source by source', async () => {
    await count(1, 'b', 4);
    await count(8, 'a', 5);
    await count(15, 'b', 9);
    await count(40, 'b', 20);
    const histories = await signalHistories(db, new Map([[one, start + 20 * hourMs]]));
    const votes = histories.get(one)?.filter((signal) => signal.kind === 'upvotes');
    expect(votes?.map(({ source, value }) => [source, value])).toEqual([
      ['b', 4],
      ['a', 5],
      ['b', 9],
    ]);
    expect(histories.get(one)?.filter((signal) => signal.kind === 'stars').length).toBe(2);
  });

  it('has the last of the counts of six hours, so that its length is bounded', async () => {
    for (let hours = 0; hours < 12; hours += 1) await count(hours, 'a', 10 + hours);
    const histories = await signalHistories(db, new Map([[one, start + 100 * hourMs]]));
    const votes = histories.get(one)?.filter((signal) => signal.kind === 'upvotes');
    expect(votes?.map(({ value }) => value)).toEqual([15, 21]);
  });

  it('is left out where nothing was counted or nobody asked', async () => {
    await count(1, 'a', 4);
    expect((await signalHistories(db, new Map([[two, start + hourMs]]))).size).toBe(0);
    expect((await signalHistories(db, new Map())).size).toBe(0);
  });
});
