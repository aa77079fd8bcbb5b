import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { keepAlarming, lookForTroubles, sendAlarms } from '../../src/cli/alarms.ts';
import type { Transport } from '../../src/deliver/transport.ts';
import { dayMs, hourMs, minuteMs } from '../../src/domain/time.ts';
import type { Database } from '../../src/store/database.ts';
import { recordSourceState } from '../../src/store/source-states.ts';
import { unquoted } from '../serve/reader-site.ts';
import { trouble } from '../watch/watch-sample.ts';
import { house, type House } from './house.ts';
import { dayAt, openWatched } from './watched-house.ts';

interface Hook extends AsyncDisposable {
  readonly url: string;
  /** Bodies that came, and what is answered next. */
  readonly bodies: Record<string, unknown>[];
  status: number;
}

async function openHook(): Promise<Hook> {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      bodies.push({ ...JSON.parse(text), method: request.method, type: request.headers['content-type'] });
      response.writeHead(hook.status, { location: '/elsewhere' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const hook: Hook = {
    url: `http://127.0.0.1:${address.port}/hook`,
    bodies,
    status: 204,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return hook;
}

let home: House;
let hook: Hook;
let app: App;
let at = dayAt;
const round = { now: () => at, signal: new AbortController().signal };

beforeAll(async () => {
  home = await house({ sources: '  - name: mine\n    type: file\n    paths: [nothing.jsonl]' });
  hook = await openHook();
});
afterAll(async () => {
  await hook[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});
beforeEach(async () => {
  at = dayAt;
  hook.status = 204;
  hook.bodies.length = 0;
  app = await openWith({});
  await app.db.deleteFrom('troubles').execute();
  await app.db.deleteFrom('alarm_messages').execute();
  rmSync(app.outboxDir, { recursive: true, force: true });
});
afterEach(() => app[Symbol.asyncDispose]());

function openWith(changes: Partial<App['config']['alarms']>): Promise<App> {
  return openWatched(home, {
    alarms: {
      ...home.config.alarms,
      mail: 'operator@example.org',
      webhook: { url: hook.url, allowHosts: ['127.0.0.1'] },
      lastingMinutes: 0,
      ...changes,
    },
  });
}

async function look(ids: readonly string[], through: App = app): Promise<void> {
  await lookForTroubles(through, { troubles: ids.map((id) => trouble(id)) }, at);
  await sendAlarms(through, round);
}

/** Subjects of the mails in the outbox, in no order. */
function subjects(): readonly string[] {
  try {
    return readdirSync(app.outboxDir)
      .filter((file) => file.endsWith('.eml'))
      .map((file) => /^Subject: (.*)$/m.exec(readFileSync(join(app.outboxDir, file), 'utf8'))?.[1] ?? '')
      .toSorted();
  } catch {
    return [];
  }
}
const states = async (db: Database = app.db): Promise<readonly string[]> =>
  (await db.selectFrom('alarm_messages').select(['channel', 'state']).orderBy('id').execute()).map(
    ({ channel, state }) => `${channel} ${state}`,
  );

describe('an operator', () => {
  it('is told when a trouble begins, once a day while it lasts, and when it ends', async () => {
    for (let minutes = 0; minutes < 50 * 60; minutes += 60) {
      await look(['arxiv']);
      at += hourMs;
    }
    await look([]);
    at += hourMs;
    await look([]);
    expect(subjects()).toEqual([
      'Broadsheet: over: arxiv',
      'Broadsheet: source stale: arxiv',
      'Broadsheet: source stale: arxiv',
      'Broadsheet: source stale: arxiv',
    ]);
    expect(
      hook.bodies.map((body) => ['begun', 'lasting', 'ended'].map((key) => String(body[key]).length > 0)),
    ).toEqual([
      [true, false, false],
      [false, true, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  it('is told by a mail that says what to do, in its own way out, that no robot answers', async () => {
    await look(['arxiv', 'hf']);
    const [file = ''] = readdirSync(app.outboxDir).filter((name) => name.endsWith('.eml'));
    const raw = readFileSync(join(app.outboxDir, file), 'utf8');
    expect(raw).toMatch(/^To: operator@example\.org\r$/m);
    expect(raw).toMatch(/^Subject: Broadsheet: source stale: arxiv and 1 more\r$/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).not.toMatch(/^List-/m);
    const text = unquoted(raw).replaceAll(/\s+/g, ' ');
    expect(text).toContain('Since now: source stale: arxiv. Expected a reading; got none. What to do: look.');
    expect(text).toContain('http://localhost:8080/health');
  });

  it('is told by JSON that a chat shows as text and a program reads', async () => {
    await look(['arxiv']);
    expect(hook.bodies).toEqual([
      {
        method: 'POST',
        type: 'application/json',
        id: expect.any(Number),
        at: '2026-11-17T02:30:00Z',
        site: 'http://localhost:8080/',
        health: 'http://localhost:8080/health',
        text: expect.stringContaining('Broadsheet: source stale: arxiv\nSince now'),
        begun: [trouble('arxiv')],
        lasting: [],
        ended: [],
      },
    ]);
  });

  it('is told nothing again by a restart or by a second process', async () => {
    await look(['arxiv']);
    await using second = await openWith({});
    await look(['arxiv'], second);
    await look(['arxiv', 'hf'], second);
    await look(['arxiv', 'hf']);
    expect(hook.bodies.length).toBe(2);
    expect(subjects().length).toBe(2);
  });

  it('is told nothing of what passes by itself', async () => {
    await using patient = await openWith({ lastingMinutes: 10 });
    await look(['arxiv'], patient);
    at += 9 * minuteMs;
    await look(['arxiv'], patient);
    await look([], patient);
    expect(await states()).toEqual([]);
    await look(['arxiv'], patient);
    at += 10 * minuteMs;
    await look(['arxiv'], patient);
    expect(await states()).toEqual(['mail sent', 'webhook sent']);
  });

  it('who has not said where to be told is not looked for', async () => {
    await using silent = await openWatched(home, { alarms: { ...home.config.alarms } });
    await keepAlarming(silent, { ...round, signal: new AbortController().signal });
    expect(await states()).toEqual([]);
  });
});

describe('a way that is blocked', () => {
  it('is not asked again and again, holds up no other, and is given up after a day', async () => {
    let tries = 0;
    const refusing: Transport = {
      name: 'refusing',
      submit: async () => {
        tries += 1;
        return { result: 'blocked', about: 'sender', reply: '535 bad login' };
      },
      close: async () => {},
    };
    const blocked: App = { ...app, transport: refusing };
    await look(['arxiv'], blocked);
    await sendAlarms(blocked, round);
    expect([tries, hook.bodies.length]).toEqual([1, 1]);
    for (let minutes = 0; minutes < 26 * 60; minutes += 3) {
      at += 3 * minuteMs;
      await sendAlarms(blocked, round);
    }
    expect(tries).toBeGreaterThan(6);
    expect(tries).toBeLessThan(16);
    expect(await states()).toEqual(['mail expired', 'webhook sent']);
  });

  it('gets the same bytes once it is open', async () => {
    const raws: string[] = [];
    let isOpen = false;
    const transport: Transport = {
      name: 'slow',
      submit: async ({ raw }, beforeHandover) => {
        raws.push(Buffer.from(raw).toString());
        await beforeHandover();
        return isOpen
          ? { result: 'accepted', reply: '250 ok' }
          : { result: 'deferred', reply: '451 later', code: 451 };
      },
      close: async () => {},
    };
    await look(['arxiv'], { ...app, transport });
    isOpen = true;
    at += hourMs;
    await sendAlarms({ ...app, transport }, round);
    expect(raws.length).toBe(2);
    expect(raws[1]).toBe(raws[0]);
    expect(await states()).toEqual(['mail sent', 'webhook sent']);
  });

  it('that may have taken it, and then a crash, is not asked again', async () => {
    const crashing: Transport = {
      name: 'crashing',
      submit: async (_message, beforeHandover) => {
        await beforeHandover();
        return { result: 'in_doubt', reply: 'cut' };
      },
      close: async () => {},
    };
    await look(['arxiv'], { ...app, transport: crashing });
    at += dayMs / 2;
    await sendAlarms(app, round);
    expect(await states()).toEqual(['mail in-doubt', 'webhook sent']);
    expect(subjects()).toEqual([]);
  });

  it.each([
    [500, 'webhook waiting', 'webhook sent'],
    [429, 'webhook waiting', 'webhook sent'],
    [404, 'webhook failed', 'webhook failed'],
    [302, 'webhook failed', 'webhook failed'],
  ])('answering %d: first %s, later %s', async (status, first, later) => {
    hook.status = status;
    await look(['arxiv']);
    expect((await states())[1]).toBe(first);
    hook.status = 200;
    at += hourMs;
    await sendAlarms(app, round);
    expect((await states())[1]).toBe(later);
  });

  it('that has a private address must be named', async () => {
    await using strict = await openWith({ webhook: { url: hook.url, allowHosts: [] } });
    await look(['arxiv'], strict);
    expect(hook.bodies).toEqual([]);
    expect((await states())[1]).toBe('webhook waiting');
  });

  it('that cannot be reached waits', async () => {
    await using lost = await openWith({
      webhook: { url: 'http://127.0.0.1:1/', allowHosts: ['127.0.0.1'] },
    });
    await look(['arxiv'], lost);
    expect(await states()).toEqual(['mail sent', 'webhook waiting']);
  });
});

describe('the loop beside the schedule', () => {
  it('sees what the database says and tells it, until it is stopped', async () => {
    const reason = 'expected a file, got nothing';
    await recordSourceState(app.db, 'mine', at - 40 * hourMs, { state: 'failed', reason });
    const stop = new AbortController();
    const looping = keepAlarming(app, { now: () => at, signal: stop.signal });
    await expect.poll(() => hook.bodies.length, { timeout: 10_000, interval: 20 }).toBe(1);
    stop.abort();
    await looping;
    expect(String(hook.bodies[0]?.['text'])).toContain(`source stale: mine`);
    expect(String(hook.bodies[0]?.['text'])).toContain(reason);
  });
});
