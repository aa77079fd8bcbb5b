import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { App } from '../../src/app.ts';
import { sendAlarms } from '../../src/cli/alarms.ts';
import { hourMs, minuteMs } from '../../src/domain/time.ts';
import { programVersion } from '../../src/program-files.ts';
import { suppress } from '../../src/store/suppressions.ts';
import type { House } from './house.ts';
import {
  dayAt,
  metricsToken,
  openWatched,
  serveWatched,
  watchedHouse,
  type WatchedSite,
} from './watched-house.ts';

let home: House;
let app: App;
let site: WatchedSite;
const at = dayAt + 10 * minuteMs;
beforeAll(async () => {
  home = await watchedHouse();
  const alarms = { ...home.config.alarms, mail: 'operator@example.org' };
  app = await openWatched(home, {
    serve: { ...home.config.serve, metrics: { secret: metricsToken } },
    alarms,
  });
  site = await serveWatched(app, () => at);
}, 60_000);
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

const bearer = { authorization: `Bearer ${metricsToken}` };
const scraped = async (): Promise<Scrape> => readScrape(await (await site.get('metrics', bearer)).text());

interface Scrape {
  readonly types: ReadonlyMap<string, string>;
  /** By name and labels as they are written. */
  readonly samples: ReadonlyMap<string, number>;
}

/**
 * The text format 0.0.4 of Prometheus, read strictly: HELP and then TYPE once before the samples of a metric, which stand
 * together; no sample twice; a histogram's buckets grow and end with its count.
 */
function readScrape(text: string): Scrape {
  expect(text.endsWith('\n')).toBe(true);
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  let current = '';
  let help = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, helped] = /^# HELP ([a-z][a-z0-9_]*) \S.*\.?$/.exec(line) ?? [];
    if (helped !== undefined) {
      expect(types.has(helped), `HELP of ${helped} stands once`).toBe(false);
      help = helped;
      continue;
    }
    const [, typed, type] = /^# TYPE ([a-z][a-z0-9_]*) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      expect(typed).toBe(help);
      types.set(typed, type);
      current = typed;
      continue;
    }
    const label = String.raw`[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"`;
    const sample = new RegExp(
      String.raw`^([a-z][a-z0-9_]*)(\{${label}(?:,${label})*\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf|Nan)$`,
    ).exec(line);
    expect(sample, `a sample: ${line}`).not.toBeNull();
    const [, name = '', labels = '', value] = sample ?? [];
    const base = types.get(current) === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name;
    expect(base).toBe(current);
    expect(samples.has(name + labels), `${name}${labels} stands once`).toBe(false);
    samples.set(name + labels, Number(value));
  }
  return { types, samples };
}

describe('metrics', () => {
  it('need the token, and are not there where none is configured', async () => {
    const answers = await Promise.all([
      site.get('metrics'),
      site.get('metrics', { authorization: 'Bearer no' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(await answers[0]?.text()).toBe('The metrics token is needed.\n');
    await using plain = await openWatched(home);
    await using closed = await serveWatched(plain, () => at);
    expect((await closed.get('metrics', bearer)).status).toBe(404);
  });

  it('are a scrape in the text format, which no cache keeps', async () => {
    const answer = await site.get('metrics', bearer);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { types, samples } = readScrape(await answer.text());
    expect(
      samples.get(`broadsheet_build_info{version="${programVersion}",node="${process.versions.node}"}`),
    ).toBe(1);
    expect(types.get('broadsheet_http_requests_total')).toBe('counter');
    expect(types.get('broadsheet_mail_submission_seconds')).toBe('histogram');
    expect(types.has('process_resident_memory_bytes')).toBe(true);
  });

  it('follow the conventions for names: lower case, one prefix, base units, _total for counters alone', async () => {
    const { types } = await scraped();
    const own = [...types].filter(([name]) => !/^(process|nodejs)_/.test(name));
    expect(own.length).toBeGreaterThan(20);
    for (const [name, type] of own) {
      expect(name).toMatch(/^broadsheet_[a-z]+(?:_[a-z]+)*$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|hours|days|kb|mb|percent)(_|$)/);
    }
  });

  it('tell how the house stands', async () => {
    const { samples } = await scraped();
    const is = (sample: string): number | undefined => samples.get(`broadsheet_${sample}`);
    expect(is('database_readable')).toBe(1);
    expect(is('source_up{source="sample"}')).toBe(1);
    expect(is('source_standing{source="sample",standing="ok"}')).toBe(1);
    expect(is('source_standing{source="sample",standing="failed"}')).toBe(0);
    expect(is('source_last_good_timestamp_seconds{source="sample"}')).toBe(dayAt / 1000);
    expect(is('edition_published_timestamp_seconds{digest="daily"}')).toBe(dayAt / 1000);
    expect(is('edition_papers{digest="daily"}')).toBeGreaterThan(3);
    expect(is('edition_lateness_seconds{digest="daily"}')).toBe(0);
    expect(is('deliveries_last_day{state="accepted",reply="none"}')).toBe(2);
    expect(is('deliveries_open')).toBe(0);
    expect(is('subscriptions{digest="daily",state="confirmed"}')).toBe(2);
    expect(is('suppressions{reason="complaint"}')).toBe(0);
    expect(is('mail_returned_last_day{kind="hard"}')).toBe(0);
    expect(is('disk_free_bytes')).toBeGreaterThan(0);
    expect(is('troubles{severity="critical"}')).toBe(0);
  });

  it('hold no address and nothing else that a reader or a source brings', async () => {
    await suppress(app.db, {
      addressHash: 'x',
      digest: '*',
      reason: 'hard bounce: reader@example.net is gone',
      now: at,
    });
    const text = await (await site.get('metrics', bearer)).text();
    expect(text).not.toContain('@');
    expect(text).not.toContain('example');
  });

  it('count every answer by kind and status, those of the fast ways too', async () => {
    const before = await scraped();
    const count = ({ samples }: Scrape, kind: string, status: string): number =>
      samples.get(`broadsheet_http_requests_total{kind="${kind}",status="${status}"}`) ?? 0;
    const first = await site.get('');
    const etag = first.headers.get('etag') ?? '';
    // Once by node:http, which has read a header that the plain way does not know.
    await site.get('', { 'x-unknown': '1' });
    expect((await site.get('', { 'if-none-match': etag })).status).toBe(304);
    await site.get('no/such/page');
    await site.get('search?q=agents');
    await site.get('metrics');
    const after = await scraped();
    const grown = (kind: string, status: string): number =>
      count(after, kind, status) - count(before, kind, status);
    expect(grown('document', '2xx')).toBe(2);
    expect(grown('document', '3xx')).toBe(1);
    expect(grown('document', '4xx')).toBe(1);
    expect(grown('search', '2xx')).toBe(1);
    // The scrape before, whose answer was counted after it was written.
    expect([grown('metrics', '2xx'), grown('metrics', '4xx')]).toEqual([1, 1]);
  });

  it('time what is handed over', async () => {
    const values = { channel: 'mail', body: '{"begun":[],"lasting":[],"ended":["a"]}', lease_owner: null };
    await app.db
      .insertInto('alarm_messages')
      .values({ ...values, lease_until: null, made_at: at, due_at: at })
      .execute();
    await sendAlarms(app, { now: () => at, signal: new AbortController().signal });
    const { samples } = await scraped();
    const name = 'broadsheet_mail_submission_seconds';
    expect(samples.get(`${name}_count{result="accepted"}`)).toBe(1);
    expect(samples.get(`${name}_bucket{result="accepted",le="+Inf"}`)).toBe(1);
    const buckets = [...samples]
      .filter(([key]) => key.startsWith(`${name}_bucket`))
      .map(([, value]) => value);
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(samples.get(`${name}_sum{result="accepted"}`)).toBeGreaterThan(0);
  });
});

const dashboard = z.object({
  title: z.literal('Broadsheet'),
  panels: z.array(
    z.looseObject({
      id: z.int(),
      title: z.string(),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.looseObject({ expr: z.string() })).default([]),
    }),
  ),
});
const rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Broadsheet[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smhd]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string().min(10), action: z.string().min(10) }),
        }),
      ),
    }),
  ),
});
const deploy = (file: string): string =>
  readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');

/** Every name of a metric in an expression, and each pair of label and value that it asks for. */
function asked(expression: string): {
  readonly names: readonly string[];
  readonly labels: readonly (readonly [string, string])[];
} {
  const names = [...expression.matchAll(/\b(?:broadsheet|process|nodejs)_\w+/g)].map(([name]) => name);
  const labels = [...expression.matchAll(/(\w+)="(\w+)"/g)].map(
    ([, key = '', value = '']) => [key, value] as const,
  );
  return { names, labels: labels.filter(([key]) => key !== 'job') };
}

describe('what stands beside them for operators', () => {
  const alerts = rules.parse(parse(deploy('prometheus/alerts.yaml'))).groups.flatMap((group) => group.rules);
  const { panels } = dashboard.parse(JSON.parse(deploy('grafana/broadsheet.json')));
  const expressions = [
    ...alerts.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];

  it('asks for nothing that a scrape of a running app does not have', async () => {
    const { samples } = await scraped();
    const names = new Set([...samples.keys()].map((key) => key.replace(/\{.*/, '')));
    const wanted = new Set(expressions.flatMap((expression) => asked(expression).names));
    expect(wanted.size).toBeGreaterThan(20);
    expect([...wanted].filter((name) => !names.has(name))).toEqual([]);
  });

  it('asks for labels that there are', async () => {
    await site.get('no/such/page');
    const { samples } = await scraped();
    const all = [...samples.keys()].join('\n');
    const missing = expressions
      .flatMap((expression) => asked(expression).labels)
      // An answer of that kind would be a fault.
      .filter(([key, value]) => !(key === 'status' && value === '5xx'))
      .filter(([key, value]) => !all.includes(`${key}="${value}"`));
    expect(missing).toEqual([]);
  });

  it('shows every metric of ours but those that say the same in another way', async () => {
    const { types } = await scraped();
    const shown = expressions.join('\n');
    const unseen = [...types.keys()].filter(
      (name) => name.startsWith('broadsheet_') && !shown.includes(name),
    );
    expect(unseen).toEqual([
      'broadsheet_build_info',
      'broadsheet_source_standing',
      'broadsheet_source_asked_timestamp_seconds',
      'broadsheet_slot_last_timestamp_seconds',
    ]);
  });

  it('has brackets that close, names of its own, and panels that do not lie on each other', () => {
    for (const expression of expressions) {
      for (const [open, close] of [
        ['(', ')'],
        ['{', '}'],
        ['[', ']'],
      ] as const) {
        expect(expression.split(open).length).toBe(expression.split(close).length);
      }
    }
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe('metrics of a house whose database cannot be read', () => {
  it('say so, and tell of the process', async () => {
    await using broken = await openWatched(home, {
      serve: { ...home.config.serve, metrics: { secret: metricsToken } },
    });
    await using there = await serveWatched(broken, () => at);
    await broken.db.destroy();
    const answer = await there.get('metrics', bearer);
    const { samples, types } = readScrape(await answer.text());
    expect([answer.status, samples.get('broadsheet_database_readable')]).toEqual([200, 0]);
    expect([types.has('process_cpu_seconds_total'), types.has('broadsheet_troubles')]).toEqual([true, false]);
  });
});

describe('metrics of a late edition', () => {
  it('tell by how much it is late', async () => {
    const threeHoursAfter = Date.parse('2026-11-18T05:30:00Z');
    await using later = await openWatched(home, {
      serve: { ...home.config.serve, metrics: { secret: metricsToken } },
    });
    await using there = await serveWatched(later, () => threeHoursAfter);
    const { samples } = readScrape(await (await there.get('metrics', bearer)).text());
    expect(samples.get('broadsheet_edition_lateness_seconds{digest="daily"}')).toBe((2 * hourMs) / 1000);
    expect(samples.get('broadsheet_troubles{severity="critical"}')).toBe(1);
  });
});
