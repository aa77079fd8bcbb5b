import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mailsExit, readExit } from '../../src/cli/summary.ts';
import { hourMs, type Instant } from '../../src/domain/time.ts';
import type { DayReport } from '../../src/pipeline.ts';
import { sourceStates, type StoredSourceState } from '../../src/store/source-states.ts';
import {
  apiOf,
  badSource,
  feedOf,
  inTurn,
  status,
  whole,
  type Answer,
  type BadSource,
} from './bad-answers.ts';
import { badDay, badDays, dayAfter, dayBefore, goodTag, sourceTypes } from './bad-day-cases.ts';
import { filesBelow, house, type House } from './house.ts';

const noon = (date: string): Instant => Date.parse(`${date}T12:00:00Z`);
const flat = (text = ''): string => text.replaceAll(/\s+/g, ' ');

let source: BadSource;
let home: House;

beforeEach(async () => {
  source = await badSource();
});

afterEach(async () => {
  home[Symbol.dispose]();
  await source[Symbol.asyncDispose]();
});

async function openHouse(type: keyof typeof sourceTypes): Promise<void> {
  home = await house({
    sources: `  - { name: arxiv, ${sourceTypes[type].replace('URL', source.url)} }
  - { name: lab, type: feed, url: "${source.url}/lab.xml" }
`,
  });
}

interface DaySeen {
  readonly report: DayReport;
  readonly arxiv: DayReport['sources'][number] | undefined;
  readonly stored: StoredSourceState | undefined;
  /** What the source was asked. */
  readonly asked: ReturnType<BadSource['takeAsked']>;
  readonly exit: number;
}

/** One whole day of the program, while the source answers so. */
async function runDay(now: Instant, answer: Answer): Promise<DaySeen> {
  source.labDate = new Date(now).toISOString().slice(0, 10);
  source.answer = answer;
  rmSync(join(home.config.dataDir, 'outbox'), { recursive: true, force: true });
  const report = await home.run(now);
  await using app = await home.open(now);
  return {
    report,
    arxiv: report.sources.find((one) => one.source === 'arxiv'),
    stored: (await sourceStates(app.db)).get('arxiv'),
    asked: source.takeAsked(),
    exit: readExit(report) || mailsExit(report.mails),
  };
}

function pageOf(date: string): string {
  const file = join(home.config.dataDir, 'site', 'editions', 'daily', date, 'index.html');
  return flat(readFileSync(file, 'utf8'));
}

/** What readers see of the edition of a day: its page, its mail, and its entry in the feed of editions. */
async function seenByReaders(date: string): Promise<{ page: string; mail: string; feed: string }> {
  const mails = [...filesBelow(join(home.config.dataDir, 'outbox')).values()];
  const parsed = await Promise.all(mails.map((raw) => simpleParser(raw)));
  const feed: { items: { url: string; content_html: string }[] } = JSON.parse(
    readFileSync(join(home.config.dataDir, 'site', 'feeds', 'daily.json'), 'utf8'),
  );
  return {
    page: pageOf(date),
    mail: flat(parsed.find((mail) => JSON.stringify(mail.to).includes('all@example.org'))?.text),
    feed: flat(feed.items.find((item) => item.url.includes(date))?.content_html),
  };
}

describe('a source with a bad day', () => {
  it.each(badDays)('$what: is named, and read whole the next time', { timeout: 60_000 }, async (bad) => {
    const wholeOf = (date: string): Answer =>
      whole(date, bad.type === 'arxiv-api' ? apiOf(date) : feedOf(date));
    await openHouse(bad.type);
    const before = await runDay(noon(dayBefore), wholeOf(dayBefore));
    expect(before).toMatchObject({ arxiv: { state: 'ok' }, exit: 0 });

    const onBadDay = await runDay(noon(badDay), bad.bad);
    expect(onBadDay.arxiv).toMatchObject({
      state: bad.state,
      reason: expect.stringContaining(bad.reason),
    });
    expect(onBadDay.stored).toMatchObject({
      state: bad.state,
      reason: onBadDay.arxiv?.reason,
      lastOkAt: noon(dayBefore),
    });
    expect(onBadDay.asked.map(({ tag }) => tag)).toEqual(Array.from({ length: bad.asks }, () => goodTag));
    expect(onBadDay.exit).toBe(3);

    const seen = await seenByReaders(badDay);
    const start = bad.reason.split(/[";]/, 1)[0] ?? '';
    expect(seen.page).toContain(`<strong>Incomplete:</strong> arxiv ${bad.words}: `);
    expect(seen.page).toContain(start);
    expect(seen.mail).toMatch(new RegExp(`! MISSING: arxiv ${bad.words}: .*Last read Tue 10 Nov`));
    expect(seen.mail).toContain(start);
    expect(seen.feed).toMatch(/Not read: arxiv \(/);
    expect(seen.feed).toContain(start);

    const again = await runDay(noon(badDay) + 3 * hourMs, wholeOf(badDay));
    expect(again.asked[0]?.tag).toBe(bad.asksAgainWith);
    expect(again.arxiv).toMatchObject({ state: 'ok', failures: [], listings: [{ added: bad.brings }] });
    expect(again.stored).toMatchObject({ state: 'ok', lastOkAt: noon(badDay) + 3 * hourMs });
    expect(again.exit).toBe(0);
    // The edition of the bad day is frozen: it goes on saying what was missing.
    expect(pageOf(badDay)).toBe(seen.page);

    const after = await runDay(noon(dayAfter), wholeOf(dayAfter));
    expect(after.exit).toBe(0);
    const seenAfter = await seenByReaders(dayAfter);
    expect(seenAfter.page).not.toContain('Incomplete:');
    expect(seenAfter.mail).not.toContain('MISSING:');
    expect(seenAfter.mail).toMatch(/Read: arxiv, lab/);
    await using app = await home.open(noon(dayAfter));
    const titles = await app.db.selectFrom('papers').select('title').execute();
    expect(titles).toHaveLength(3 * 30 + 3);
    expect(titles.filter(({ title }) => !title.startsWith('A language model'))).toEqual([]);
  });

  it('status 429 that asks for a second twice: waits as long and then reads all', async () => {
    await openHouse('arxiv-feed');
    const busy = status(429, 'Rate exceeded.', { 'Retry-After': '1' });
    const day = await runDay(noon(badDay), inTurn(busy, busy, whole(badDay, feedOf(badDay))));
    expect(day).toMatchObject({ arxiv: { state: 'ok', listings: [{ added: 30 }] }, exit: 0 });
    const times = day.asked.map(({ atMs }) => atMs);
    expect(times).toHaveLength(3);
    for (const [place, atMs] of times.slice(1).entries()) {
      expect(atMs - (times[place] ?? 0)).toBeGreaterThanOrEqual(990);
    }
    const { page, mail } = await seenByReaders(badDay);
    expect(page).not.toContain('Incomplete:');
    expect(mail).not.toContain('MISSING:');
  });
});

describe('a day on which arXiv announces nothing', () => {
  it.each([
    { what: 'a Sunday', before: '2026-11-13', date: '2026-11-15' },
    { what: 'a holiday', before: '2026-11-25', date: '2026-11-26' },
  ])('$what is quiet and no fault', async ({ before, date }) => {
    await openHouse('arxiv-feed');
    await runDay(noon(before), whole(before, feedOf(before)));
    const day = await runDay(noon(date), whole(date, feedOf(date, 0)));
    expect(day).toMatchObject({
      arxiv: { state: 'quiet', failures: [], listings: [{ announced: 0 }] },
      stored: { state: 'quiet', lastOkAt: noon(date) },
      exit: 0,
    });
    const { page, mail, feed } = await seenByReaders(date);
    expect(page).not.toContain('Incomplete:');
    expect(page).toContain('announced nothing on this day, as expected');
    expect(mail).not.toContain('MISSING:');
    expect(mail).toContain('Nothing announced by: arxiv');
    expect(feed).not.toContain('Not read');
    // Nothing is lost meanwhile: who asks again has it already.
    const again = await runDay(noon(date) + hourMs, whole(date, feedOf(date, 0)));
    expect(again.asked.map(({ tag }) => tag)).toEqual([`"${date}"`]);
    expect(again).toMatchObject({ arxiv: { state: 'unchanged' }, stored: { state: 'quiet' }, exit: 0 });
  });

  it('a working day without papers is no quiet day', async () => {
    await openHouse('arxiv-feed');
    await runDay(noon(dayBefore), whole(dayBefore, feedOf(dayBefore)));
    const day = await runDay(noon(badDay), whole('bad', feedOf(badDay, 0)));
    expect(day).toMatchObject({ arxiv: { state: 'partial' }, exit: 3 });
  });
});
