import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { App } from '../../src/app.ts';
import { health } from '../../src/cli/health.ts';
import { openWatch } from '../../src/cli/watch-state.ts';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { recordSourceState } from '../../src/store/source-states.ts';
import { claimSlot, finishSlot } from '../../src/store/slots.ts';
import type { House } from './house.ts';
import { dayAt, metricsToken, openWatched, serveWatched, watchedHouse } from './watched-house.ts';

let home: House;
beforeAll(async () => {
  home = await watchedHouse();
}, 60_000);
afterAll(() => home[Symbol.dispose]());

const report = z.looseObject({
  state: z.string(),
  live: z.boolean(),
  ready: z.boolean(),
  troubles: z.array(z.looseObject({ id: z.string() })),
  parts: z.record(z.string(), z.looseObject({ state: z.string(), databaseBytes: z.number().optional() })),
});

const now = () => dayAt + 10 * minuteMs;
const open = (): Promise<App> =>
  openWatched(home, { serve: { ...home.config.serve, metrics: { secret: metricsToken } } });

async function verb(url: string, json: boolean): Promise<{ code: number; printed: string }> {
  const lines: string[] = [];
  const code = await health(
    {
      options: { config: home.config.file, json },
      now,
      signal: new AbortController().signal,
      onHangUp: () => {},
      print: (line) => void lines.push(line),
      note: () => {},
    },
    url,
  );
  return { code, printed: lines.join('\n') };
}

describe('health of a house that is well', () => {
  it('tells who asks from here of every part, and keeps it out of caches', async () => {
    await using app = await open();
    await using site = await serveWatched(app, now);
    const answer = await site.get('health');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { state, live, ready, troubles, parts } = report.parse(await answer.json());
    expect({ state, live, ready, troubles }).toEqual({ state: 'ok', live: true, ready: true, troubles: [] });
    expect(parts).toMatchObject({
      sources: { state: 'ok', sources: [{ name: 'sample', state: 'ok' }] },
      schedule: {
        digests: [{ digest: 'daily', latestEdition: '2026-11-17', nextSlotAt: '2026-11-18T02:30:00Z' }],
      },
      queue: { state: 'ok', open: 0, due: 0, oldestDueAt: null, inDoubt: 0 },
      disk: { state: 'ok' },
    });
    expect(parts['disk']?.databaseBytes).toBeGreaterThan(100_000);
    expect(await (await fetch(new URL('health', site.url), { method: 'HEAD' })).text()).toBe('');
  });

  it('tells who comes through a proxy no more than the bare state, unless they have the token', async () => {
    await using app = await open();
    await using site = await serveWatched(app, now);
    const bare = { state: 'ok', live: true, ready: true };
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      expect(await (await site.get('health', { [header]: '198.51.100.7' })).json()).toEqual(bare);
    }
    const wrong = { 'x-forwarded-for': '8.8.8.8', authorization: `Bearer ${metricsToken}x` };
    expect(await (await site.get('health', wrong)).json()).toEqual(bare);
    const right = { 'x-forwarded-for': '8.8.8.8', authorization: `Bearer ${metricsToken}` };
    expect(await (await site.get('health', right)).json()).toMatchObject({ parts: {} });
  });

  it('is told by the verb in a word, with 0', async () => {
    await using app = await open();
    await using site = await serveWatched(app, now);
    expect(await verb(site.url, false)).toEqual({ code: 0, printed: 'ok' });
    expect(await verb(site.url, true)).toEqual({ code: 0, printed: '{"state":"ok","troubles":[]}' });
  });
});

describe('health of a house with troubles', () => {
  it('is degraded with 200, and names them; the verb says so and stays at 0', async () => {
    await using app = await open();
    const later = dayAt + 100 * hourMs;
    const reason = 'no answer within 30 seconds';
    await recordSourceState(app.db, 'sample', later - minuteMs, { state: 'failed', reason });
    const slot = { digest: 'daily', slotAt: dayAt, slotDate: '2026-11-17' };
    await claimSlot(app.db, slot, 'me', dayAt, hourMs);
    await finishSlot(app.db, slot, 'me', dayAt, 'done');
    await using site = await serveWatched(app, () => later);
    const answer = await site.get('health');
    const { state, troubles, parts } = report.parse(await answer.json());
    expect([answer.status, state]).toEqual([200, 'degraded']);
    expect(troubles.map(({ id }) => id)).toEqual(['edition late: daily', 'source stale: sample']);
    expect(['sources', 'schedule', 'queue'].map((part) => parts[part]?.state)).toEqual([
      'degraded',
      'degraded',
      'ok',
    ]);
    const told = await verb(site.url, false);
    expect(told.code).toBe(0);
    expect(told.printed).toMatch(
      /^degraded\nedition late: daily: no edition yet; .*\nsource stale: sample: failed/,
    );
  });

  it('that can do no work is down with 503, and so is the verb with 1', async () => {
    await using app = await open();
    await using site = await serveWatched(app, now);
    await app.db.destroy();
    const answer = await site.get('health');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ state: 'down', live: true, ready: false, advice: /./ });
    expect(await verb(site.url, false)).toEqual({ code: 1, printed: 'down' });
  });

  it('without a page to serve is down too', async () => {
    await using app = await open();
    await using site = await serveWatched(app, now);
    const page = join(app.publishedDir, 'index.html');
    renameSync(page, `${page}.away`);
    const answer = await site.get('health', { via: '1.1 proxy' });
    renameSync(`${page}.away`, page);
    expect([answer.status, await answer.json()]).toEqual([503, { state: 'down', live: true, ready: false }]);
  });

  it('that answers nothing is down for the verb', async () => {
    const { code, printed } = await verb('http://127.0.0.1:1/', false);
    expect(code).toBe(1);
    expect(printed).toMatch(/^down: http:\/\/127\.0\.0\.1:1\/health: /);
  });
});

describe('an edition whose mails are still going out', () => {
  it('is not late: the work of its slot goes on, and it is there', async () => {
    await using app = await open();
    await app.db.deleteFrom('slots').execute();
    const watch = openWatch(app, () => dayAt + 5 * hourMs);
    const { state, troubles } = await watch();
    expect(state.digests[0]?.due).toBeUndefined();
    expect(troubles.filter(({ part }) => part === 'schedule')).toEqual([]);
  });
});
