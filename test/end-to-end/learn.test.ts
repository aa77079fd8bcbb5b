import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, calendarDate, dayMs, hourMs, isWeekend, utcMidnight } from '../../src/domain/time.ts';
import { draftEdition } from '../../src/edition/publish.ts';
import { learnVotePrior, learnWhenDue } from '../../src/edition/learn.ts';
import { backfill } from '../../src/ingest/backfill.ts';
import { editionOrder } from '../../src/pipeline.ts';
import { candidatesFor } from '../../src/store/candidates.ts';
import { modelAt } from '../../src/store/models.ts';
import { house, type House } from './house.ts';
import { sourcesServer, type Capture, type SourcesServer } from './sources-server.ts';

const now = Date.parse('2026-11-24T02:30:00Z');
const lists = listDays('2026-09-01', '2026-11-24');
let server: SourcesServer;
let home: House;

beforeEach(async () => {
  server = await sourcesServer(lists.map(capture));
  server.now = now;
  home = await house({ sources: `  - { name: daily, type: hf-daily-papers, baseUrl: "${server.url}" }\n` });
});

afterEach(async () => {
  home[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

function listDays(from: string, to: string): readonly string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) if (!isWeekend(day)) days.push(day);
  return days;
}

/** Eight papers a day; people vote for kettles and not for teapots. */
function capture(listDate: string, day: number): Capture {
  const response = Array.from({ length: 8 }, (_, at) => {
    const isLoved = at % 2 === 0;
    return {
      paper: {
        id: `26${listDate.slice(5, 7)}.${String(day * 10 + at).padStart(5, '0')}`,
        title: isLoved ? `Kettles that whistle, part ${at}` : `Teapots that stand, part ${at}`,
        summary: `A language model and what it does on day ${day}.`,
        authors: [{ name: 'Ada Invented' }],
        publishedAt: `${listDate}T00:00:00.000Z`,
        upvotes: isLoved ? 40 : 2,
      },
      publishedAt: `${listDate}T00:00:00.000Z`,
      numComments: 0,
    };
  });
  return { list_date: listDate, captured_at: `${listDate}T01:00:00Z`, response };
}

async function filled(days: number) {
  const app = await home.open(now);
  const [source] = app.sources;
  if (!source) throw new Error('no source');
  const signal = new AbortController().signal;
  return { app, report: await backfill(source, days, { db: app.db, http: app.http, now, signal }) };
}

describe('past days that are read to learn from', () => {
  it('are stored with their votes and are no news', async () => {
    const { app, report } = await filled(30);
    await using _ = app;
    const days = listDays(addDays('2026-11-24', -30), '2026-11-17').length;
    expect(report).toMatchObject({ listDays: days, papers: days * 8, added: days * 8, failures: [] });
    expect(await candidatesFor(app.db, { digest: 'daily', earliestAt: 0, now })).toEqual([]);
    const again = await filled(30);
    await again.app[Symbol.asyncDispose]();
    expect(again.report.added).toBe(0);
  });

  it('teach what is voted for, from 20 list days on', async () => {
    const { app } = await filled(20);
    await using _ = app;
    expect(await learnVotePrior(app.db, now)).toMatchObject({ state: 'too early' });
    expect(await learnWhenDue(app.db, now)).toBeUndefined();
    expect(await modelAt(app.db, 'vote-prior', now)).toBeUndefined();
    const more = await filled(60);
    await more.app[Symbol.asyncDispose]();
    expect(await learnWhenDue(app.db, now)).toMatchObject({ state: 'learned', toDate: '2026-11-17' });
    expect(await learnWhenDue(app.db, now + dayMs)).toBeUndefined();
    expect(await learnWhenDue(app.db, now + 14 * dayMs)).toMatchObject({ state: 'learned' });
  });

  it('change the order of an edition whose papers have no votes yet, and no edition before', async () => {
    const { app } = await filled(60);
    await using _ = app;
    await learnVotePrior(app.db, now);
    server.now = now;
    await home.run(now);
    const [digest] = app.digests;
    if (!digest) throw new Error('no digest');
    const day = { now: () => now, signal: new AbortController().signal };
    const order = editionOrder(app, day, { digest, editionDate: calendarDate(now, digest.zone) });
    const priorOf = async (at: number, name: string): Promise<number> => {
      const { ranked } = await draftEdition(app.db, { ...order, now: at });
      const own = ranked.filter(({ candidate }) => candidate.paper.title.startsWith(name));
      const parts = own.map(({ score }) => score.parts.find((part) => part.name.startsWith('from topic')));
      return Math.max(...parts.map((part) => part?.value ?? 0));
    };
    expect(await priorOf(now, 'Kettles')).toBeGreaterThan(3 * (await priorOf(now, 'Teapots')));
    const before = await draftEdition(app.db, { ...order, now: utcMidnight('2026-11-24') - hourMs });
    expect(before.ranked).toEqual([]);
  });
});
