import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp } from '../../src/app.ts';
import { siteHandler } from '../../src/cli/site.ts';
import { calendarDate } from '../../src/domain/time.ts';
import { indexForSearch, publishSite, readSources, runDay, type Day } from '../../src/pipeline.ts';
import { startServer } from '../../src/serve/server.ts';
import { house, type House } from './house.ts';

const now = Date.parse('2026-11-24T06:00:00Z');
const day: Day = { now: () => now, signal: new AbortController().signal };

let folder: string;
let home: House;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-searching-'));
  const papers = join(folder, 'papers.jsonl');
  const paper = {
    id: 'arxiv:2611.00001',
    title: 'Agents that plan',
    abstract: 'An agent plans.',
    authors: ['Ada Example'],
  };
  await writeFile(papers, `${JSON.stringify(paper)}\n`);
  home = await house({
    sources: `  - name: mine\n    type: file\n    paths: [${papers}]`,
    mail: '  transport: outbox',
  });
});
afterEach(async () => {
  home[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const open = () => openApp({ ...home.config, logLevel: 'silent' }, { now, clock: () => now });

describe('papers that came in', () => {
  it('are found after the day, on the site that is served', async () => {
    await using app = await open();
    const slots = app.digests.map((digest) => ({ digest, editionDate: calendarDate(now, digest.zone) }));
    await runDay(app, day, slots);
    const stop = new AbortController();
    const handler = siteHandler(app, day.now);
    const web = await startServer({ app: handler, host: '127.0.0.1', port: 0, signal: stop.signal });
    const { pathname } = new URL(`${app.site.baseUrl}search`);
    const answer = await fetch(new URL(`${pathname}?q=agent`, web.url));
    expect(answer.status).toBe(200);
    const text = await answer.text();
    stop.abort();
    await web.closed;
    expect(text).toContain('1 paper');
    expect(text).toContain('/p/arxiv/2611.00001/"');
  });

  it('are sent and published where they cannot be read for the search, which is made good the next time', async () => {
    await using app = await open();
    await sql`alter table search_state rename to lost`.execute(app.db);
    const slots = app.digests.map((digest) => ({ digest, editionDate: calendarDate(now, digest.zone) }));
    const { editions, site, mails } = await runDay(app, day, slots);
    expect(editions.map(({ state }) => state)).toEqual(slots.map(() => 'published'));
    expect(site.written).toBeGreaterThan(0);
    expect(mails.sent.accepted).toBeGreaterThan(0);
    await sql`alter table lost rename to search_state`.execute(app.db);
    await indexForSearch(app, day);
    expect(await app.db.selectFrom('search_papers').select('paper_id').execute()).toHaveLength(1);
  });

  it('are not read by a publication, and only once where the seeds of a topic change', async () => {
    await using app = await open();
    await readSources(app, day);
    await publishSite(app, day);
    expect(await app.db.selectFrom('search_papers').select('seq').execute()).toEqual([]);
    const generation = () => app.db.selectFrom('search_state').select('generation').executeTakeFirstOrThrow();
    await indexForSearch(app, day);
    const before = await generation();
    const topics = app.site.topics.map((topic) => ({ ...topic, seeds: ['arxiv:2611.00001'] }));
    await indexForSearch({ ...app, site: { ...app.site, topics } }, day);
    expect(await generation()).toEqual(before);
    const others = app.site.topics.map((topic) => ({ ...topic, include: ['plan'] }));
    await indexForSearch({ ...app, site: { ...app.site, topics: others } }, day);
    expect(await generation()).not.toEqual(before);
  });
});
