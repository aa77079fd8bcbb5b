import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../src/domain/time.ts';
import { arxivFeed } from '../../src/sources/arxiv-feed.ts';
import { arxivListingPages } from '../../src/sources/arxiv-listing-page.ts';
import { arxivOai } from '../../src/sources/arxiv-oai.ts';
import { biorxiv } from '../../src/sources/biorxiv.ts';
import { daysInWords, dueRequests, mostDaysBack } from '../../src/sources/catch-up.ts';
import { hfDailyPapers } from '../../src/sources/hf-daily-papers.ts';
import type { Source } from '../../src/sources/source.ts';

const baseUrl = 'https://x.example';
const daily = hfDailyPapers({ name: 'daily', baseUrl });
const pages = arxivListingPages({ name: 'pages', baseUrl, categories: ['cs.CL'], catchUpDays: 1 });
const oai = arxivOai({ name: 'oai', baseUrl, categories: ['cs.CL'], format: 'arXivRaw', days: 1 });
const preprints = biorxiv({ name: 'biorxiv', baseUrl, server: 'biorxiv' });
const feed = arxivFeed({ name: 'feed', baseUrl, categories: ['cs.CL'], format: 'rss' });

const at = (text: string): number => Date.parse(text);
const keys = async (source: Source, lastOkAt: number | undefined, now: number): Promise<string[]> =>
  (await dueRequests(source, lastOkAt, now)).requests.map(({ key }) => key);

const friday = at('2026-03-06T12:00:00Z');
const nextThursday = at('2026-03-12T12:00:00Z');

describe('after days off', () => {
  test('a first start asks for what it asks for every day', async () => {
    for (const source of [daily, pages, oai, preprints, feed]) {
      const { requests, caughtUp, beyond } = await dueRequests(source, undefined, nextThursday);
      expect(requests).toEqual(await source.requests(nextThursday));
      expect([caughtUp.size, beyond]).toEqual([0, undefined]);
    }
  });

  test('so does a reading within a day', async () => {
    for (const source of [daily, pages, oai, preprints, feed]) {
      expect((await dueRequests(source, nextThursday - 20 * hourMs, nextThursday)).requests).toEqual(
        await source.requests(nextThursday),
      );
    }
  });

  test('every list day of Daily Papers since then is asked for, oldest first', async () => {
    const days = (await keys(daily, friday, nextThursday)).map((key) => key.slice('date='.length));
    expect(days.slice(-5)).toEqual(['2026-03-06', '2026-03-09', '2026-03-10', '2026-03-11', '2026-03-12']);
    expect(days).toEqual(days.toSorted());
  });

  test("every list day of arXiv's pages since then is asked for, the newest list last", async () => {
    expect(await keys(pages, friday, nextThursday)).toEqual([
      'catchup/cs.CL/2026-03-05',
      'catchup/cs.CL/2026-03-06',
      'catchup/cs.CL/2026-03-09',
      'catchup/cs.CL/2026-03-10',
      'catchup/cs.CL/2026-03-11',
      'list/cs.CL/new',
    ]);
  });

  test('every day of OAI and bioRxiv since then is asked for', async () => {
    expect(await keys(oai, friday, nextThursday)).toEqual(
      ['06', '07', '08', '09', '10', '11', '12'].map((day) => `oai/cs.CL/2026-03-${day}`),
    );
    expect((await keys(preprints, friday, nextThursday)).slice(-7)).toEqual(
      ['06', '07', '08', '09', '10', '11', '12'].map((day) => `date=2026-03-${day}`),
    );
  });

  test('the day of the last reading is asked for again: it had not ended', async () => {
    expect(await keys(oai, at('2026-03-09T23:00:00Z'), at('2026-03-11T01:00:00Z'))).toEqual(
      ['09', '10', '11'].map((day) => `oai/cs.CL/2026-03-${day}`),
    );
  });

  test('a feed, which has one day, is asked once', async () => {
    expect(await keys(feed, friday, nextThursday)).toEqual(['rss/cs.CL']);
  });

  test('the files of a folder are looked through twice at most', async () => {
    let looked = 0;
    const files: Source = {
      ...feed,
      requests: () => {
        looked += 1;
        return [{ key: 'a.txt', listDate: '2026-03-01' }];
      },
    };
    const { requests, beyond } = await dueRequests(files, nextThursday - 60 * dayMs, nextThursday);
    expect([requests.length, beyond, looked]).toEqual([1, undefined, 2]);
  });

  test('what is asked for only because it was missed is told apart', async () => {
    const { caughtUp } = await dueRequests(pages, friday, nextThursday);
    expect([...caughtUp]).toEqual([
      'catchup/cs.CL/2026-03-05',
      'catchup/cs.CL/2026-03-06',
      'catchup/cs.CL/2026-03-09',
      'catchup/cs.CL/2026-03-10',
    ]);
  });

  test('days more than a month back are not asked for, but named', async () => {
    const { requests, beyond } = await dueRequests(oai, nextThursday - 50 * dayMs, nextThursday);
    expect(requests[0]?.listDate).toBe('2026-02-09');
    expect(requests).toHaveLength(mostDaysBack + 1);
    expect(beyond).toEqual({ from: '2026-01-21', to: '2026-02-08' });
  });

  test('a month off is caught up with whole', async () => {
    const { beyond, requests } = await dueRequests(oai, nextThursday - mostDaysBack * dayMs, nextThursday);
    expect([beyond, requests[0]?.listDate]).toEqual([undefined, '2026-02-09']);
  });

  test('no list day of Daily Papers is left out or asked for twice, however long it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 * 24 * 60 }),
        fc.integer({ min: 0, max: 400 * 24 }),
        async (minutesOff, hour) => {
          const now = at('2026-01-01T00:00:00Z') + hour * hourMs;
          const lastOkAt = now - minutesOff * 60_000;
          const { requests, beyond } = await dueRequests(daily, lastOkAt, now);
          const asked = requests.map(({ listDate }) => listDate ?? '');
          expect(asked).toEqual([...new Set(asked)].toSorted());
          const from = Math.max(lastOkAt, now - mostDaysBack * dayMs);
          for (let moment = from; moment <= now; moment += hourMs) {
            const date = new Date(moment);
            const isWeekend = date.getUTCDay() % 6 === 0;
            expect(asked.includes(date.toISOString().slice(0, 10))).toBe(!isWeekend);
          }
          if (minutesOff <= mostDaysBack * 24 * 60) expect(beyond).toBeUndefined();
        },
      ),
    );
  });
});

test('few days are named, of many the first and the last', () => {
  const days = ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06', '2026-03-09'];
  expect(daysInWords(days.slice(0, 2))).toBe('2026-03-02, 2026-03-03');
  expect(daysInWords(days)).toBe('6 days from 2026-03-02 to 2026-03-09');
});
