import { fileURLToPath } from 'node:url';
import { openApp, type App } from '../app.ts';
import type { Config } from '../config/config.ts';
import { addDays, hourMs, isWeekend, minuteMs, utcMidnight, type CalendarDate } from '../domain/time.ts';
import { runDay, type DayReport } from '../pipeline.ts';
import { packageFolder } from '../program-files.ts';
import type { Context } from './context.ts';

const listings = fileURLToPath(new URL('sample/listings.jsonl', packageFolder));
const readers = fileURLToPath(new URL('subscribers/', packageFolder));
const firstListDate: CalendarDate = '2026-11-09';
const listDays = 7;

/**
 * The bundled sample as a Broadsheet of its own: invented papers of seven list days, each made into an edition
 * at half past two in the night after it, in a data folder beside the configured one. Its clock is the
 * sample's, so it always looks the same.
 */
export async function makeSample(
  context: Context,
  config: Config,
): Promise<{ readonly sample: App; readonly lastDay: DayReport }> {
  // Nobody subscribes to invented papers.
  const { websub: _, ...others } = config;
  const sample = await openApp(
    {
      ...others,
      dataDir: `${config.dataDir}-sample`,
      site: { ...config.site, title: `${config.site.title} (sample)` },
      sources: [{ type: 'file', name: 'sample', paths: [listings] }],
      signals: [],
      mail: { transport: 'outbox', from: config.mail.from },
      subscribersDir: readers,
    },
    { now: utcMidnight(firstListDate), clock: Date.now, isSample: true },
  );
  let lastDay: DayReport | undefined;
  for (const listDate of weekdaysFrom(firstListDate, listDays)) {
    const editionDate = addDays(listDate, 1);
    const now = utcMidnight(editionDate) + 2 * hourMs + 30 * minuteMs;
    const slots = sample.digests.map((digest) => ({ digest, editionDate }));
    lastDay = await runDay(sample, { now: () => now, signal: context.signal }, slots);
  }
  if (!lastDay) throw new Error('the sample has no days');
  return { sample, lastDay };
}

function weekdaysFrom(date: CalendarDate, count: number): readonly CalendarDate[] {
  const days: CalendarDate[] = [];
  for (let day = date; days.length < count; day = addDays(day, 1)) {
    if (!isWeekend(day)) days.push(day);
  }
  return days;
}
