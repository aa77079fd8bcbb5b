import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, calendarDate, dayMs, hourMs, isWeekend, utcMidnight } from '../../src/domain/time.ts';
import { draftEdition } from '../../src/edition/publish.ts';
import { learn, learnWhenDue } from '../../src/edition/learn.ts';
import { editionPicks } from '../../src/domain/edition.ts';
import { storeListing } from '../../src/ingest/store-listing.ts';
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
    expect(await learn(app.db, now, true)).toMatchObject({ state: 'too early' });
    expect(await learnWhenDue(app.db, now, true)).toBeUndefined();
    expect(await modelAt(app.db, 'vote-prior', now)).toBeUndefined();
    const more = await filled(60);
    await more.app[Symbol.asyncDispose]();
    expect(await learnWhenDue(app.db, now, true)).toMatchObject({ state: 'learned', toDate: '2026-11-17' });
    expect(await learnWhenDue(app.db, now + dayMs, true)).toBeUndefined();
    expect(await learnWhenDue(app.db, now + 14 * dayMs, true)).toMatchObject({ state: 'learned' });
  });

  it('change the order of an edition whose papers have no votes yet, and no edition before', async () => {
    const { app } = await filled(60);
    await using _ = app;
    await learn(app.db, now, true);
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

describe('the chance of a fresh paper', () => {
  it('is learned of what sources without votes announced, and told with its reasons', async () => {
    const { app } = await filled(60);
    await using _ = app;
    const store = (listDate: string, at: number, title: string) =>
      storeListing(app.db, {
        requestKey: `list ${listDate}`,
        validators: {},
        listing: {
          source: 'arxiv',
          listDate,
          readAt: at,
          announced: 16,
          entries: Array.from({ length: 16 }, (_, number) => ({
            sourceKey: `${listDate} ${number}`,
            kind: 'new' as const,
            signals: [],
            paper: freshPaper(listDate, number, title),
          })),
          dropped: [],
          quiet: false,
          hasVotes: false,
        },
      });
    for (const day of lists.filter((one) => one < '2026-11-14')) {
      await store(day, utcMidnight(day) + 4 * hourMs, '');
    }
    expect(await learn(app.db, now, true)).toMatchObject({ state: 'learned', listing: { papers: 864 } });
    await store('2026-11-23', now - hourMs, 'fresh ');
    const [digest] = app.digests;
    if (!digest) throw new Error('no digest');
    const day = { now: () => now, signal: new AbortController().signal };
    const order = editionOrder(app, day, { digest, editionDate: '2026-11-24' });
    const { ranked, edition } = await draftEdition(app.db, order);
    const chances = (name: string) =>
      ranked
        .filter(({ candidate }) => candidate.paper.title.startsWith(`fresh ${name}`))
        .map(({ score }) => score.chance ?? 0);
    expect(Math.min(...chances('Kettles'))).toBeGreaterThan(Math.max(...chances('Teapots')));
    const [pick] = editionPicks(edition);
    expect(pick?.score.chanceFor?.join()).toContain('kettles');
  });
});

/** Every second one is a paper of the lists with votes, known by its title. */
function freshPaper(listDate: string, number: number, prefix: string) {
  const isListed = number % 2 === 0;
  const day = lists.indexOf(listDate);
  const id = isListed && prefix === '' ? day * 10 + number / 2 : 50_000 + day * 20 + number;
  return {
    id: `arxiv:26${listDate.slice(5, 7)}.${String(id).padStart(5, '0')}`,
    version: 1,
    title: `${prefix}${isListed ? 'Kettles that whistle' : 'Teapots that stand'}, part ${number}`,
    abstract: `A language model and what it does on day ${day}.`,
    authors: [{ name: isListed ? 'Ada Invented' : 'Bo Made-Up' }],
    categories: ['cs.CL'],
    keywords: [],
    links: { abstract: `https://arxiv.org/abs/${id}` },
  };
}
