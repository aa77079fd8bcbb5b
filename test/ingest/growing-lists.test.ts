import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs, utcMidnight } from '../../src/domain/time.ts';
import { backfill } from '../../src/ingest/backfill.ts';
import { ingest } from '../../src/ingest/ingest.ts';
import { hfDailyPapers } from '../../src/sources/hf-daily-papers.ts';
import { createHttpClient } from '../../src/sources/http.ts';
import { candidatesFor } from '../../src/store/candidates.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { papersToCount } from '../../src/store/signals.ts';
import { item } from '../sources/hf-answers.ts';
import { loopback, type Loopback } from '../sources/loopback.ts';

let folder: string;
let db: Database;
let server: Loopback;
/** What the server's clock shows, and the list day that it does not answer for. */
let [now, brokenDay] = [0, ''];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broadsheet-growing-'));
  db = await openDatabase(join(folder, 'broadsheet.db'));
  // Three papers a day, the first at 08:00, the others four hours apart.
  server = await loopback((asked, response) => {
    const day = new URL(asked.url ?? '', 'http://x').searchParams.get('date') ?? '';
    const there = [0, 1, 2].filter((place) => utcMidnight(day) + (8 + 4 * place) * hourMs <= now);
    const id = (place: number): string => `26${day.slice(5, 7)}.${day.slice(8)}${place}00`;
    if (day === brokenDay) response.writeHead(404).end('lost');
    else response.end(JSON.stringify(there.map((place) => item({ id: id(place), title: `Paper ${place}` }))));
  });
  brokenDay = '';
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await db.destroy();
  rmSync(folder, { recursive: true });
});

async function at(time: string, work: typeof ingestAt): Promise<void> {
  now = Date.parse(time);
  await work();
}

const context = async <Result>(
  run: (given: Parameters<typeof ingest>[1]) => Promise<Result>,
): Promise<Result> => {
  await using http = createHttpClient({
    userAgent: 'test',
    allowedHosts: ['127.0.0.1'],
    timeoutMs: 20_000,
    maxBytes: 1_000_000,
    retryDelayMs: 1,
  });
  return await run({ db, http, now, signal: new AbortController().signal });
};
const source = () => hfDailyPapers({ name: 'daily', baseUrl: server.url });
async function ingestAt(): Promise<void> {
  await context((given) => ingest([source()], given));
}
const candidates = async () =>
  (await candidatesFor(db, { digest: 'daily', earliestAt: 0, now })).map(({ paper }) => paper.id);

describe('a list that grows during its day', () => {
  it('is read again after an outage when it was read only before its day was over', async () => {
    await at('2026-11-02T23:00Z', ingestAt);
    brokenDay = '2026-11-02';
    await at('2026-11-03T10:00Z', ingestAt);
    brokenDay = '';
    await at('2026-11-12T10:00Z', ingestAt);
    expect((await candidates()).filter((id) => id.startsWith('arxiv:2611.03'))).toHaveLength(3);
  });

  it('is news though a backfill came before the outage was caught up with', async () => {
    await at('2026-11-02T23:00Z', ingestAt);
    await at('2026-11-16T09:00Z', async () => {
      const report = await context((given) => backfill(source(), 30, given));
      expect(report.added).toBeGreaterThan(0);
      expect(await papersToCount(db, now - 72 * hourMs, now)).toEqual([]);
    });
    await at('2026-11-16T10:00Z', ingestAt);
    const found = await candidates();
    for (const day of ['03', '05', '09', '12']) {
      expect(found.filter((id) => id.startsWith(`arxiv:2611.${day}`))).toHaveLength(3);
    }
  });
});
