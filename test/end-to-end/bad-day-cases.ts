import { apiError, feedOf, status, type Answer } from './bad-answers.ts';

export const [dayBefore, badDay, dayAfter] = ['2026-11-10', '2026-11-11', '2026-11-12'] as const;

/** What stands in the configuration for `arxiv`, the source that has a bad day. */
export const sourceTypes = {
  'arxiv-feed': 'type: arxiv-feed, categories: [cs.CL], baseUrl: "URL/arxiv"',
  'arxiv-api': 'type: arxiv-api, categories: [cs.CL], baseUrl: "URL/arxiv"',
  feed: 'type: feed, url: "URL/arxiv"',
} as const;

export interface BadDay {
  readonly what: string;
  readonly type: keyof typeof sourceTypes;
  readonly bad: Answer;
  readonly state: 'stale' | 'partial' | 'failed';
  /** The words of the edition's page and mail for that. */
  readonly words: string;
  /** From the sentence that says why. */
  readonly reason: string;
  /** How often it is asked on that day. */
  readonly asks: number;
  /** With which entity tag it is asked the next time: of the last whole answer, or for all of it. */
  readonly asksAgainWith: string | undefined;
  /** Papers that the next whole answer brings. */
  readonly brings: number;
}

export const goodTag = `"${dayBefore}"`;
const failed = { state: 'failed', words: 'could not be read', asksAgainWith: goodTag, brings: 30 } as const;

export const badDays: readonly BadDay[] = [
  {
    what: 'a stale batch: still the feed of the day before',
    type: 'arxiv-feed',
    bad: status(200, feedOf(dayBefore), { ETag: '"bad"' }),
    state: 'stale',
    words: 'gave nothing newer',
    reason: 'expected the list of 2026-11-11; it still shows that of 2026-11-10',
    asks: 1,
    asksAgainWith: goodTag,
    brings: 30,
  },
  {
    what: 'a stale batch: the papers of the day before under a new date',
    type: 'arxiv-feed',
    bad: status(200, feedOf(badDay, 30, dayBefore), { ETag: '"bad"' }),
    state: 'stale',
    words: 'gave nothing newer',
    reason: 'expected another list on 2026-11-11; it has the same papers as that of 2026-11-10',
    asks: 1,
    asksAgainWith: undefined,
    brings: 30,
  },
  {
    what: 'a batch of which only two papers came',
    type: 'arxiv-feed',
    bad: status(200, feedOf(badDay, 2), { ETag: '"bad"' }),
    state: 'partial',
    words: 'gave only a part',
    reason: 'expected about 30 papers as on 2026-11-10; got 2',
    asks: 1,
    asksAgainWith: undefined,
    brings: 28,
  },
  {
    what: 'a batch cut off in the middle of an entry, which is not read at all',
    type: 'arxiv-feed',
    bad: status(200, feedOf(badDay).slice(0, 9000), { ETag: '"bad"' }),
    ...failed,
    reason: 'XML that is cut off or broken',
    asks: 1,
  },
  {
    what: 'a feed cut off in the middle of an entry, of which the entries before are read',
    type: 'feed',
    bad: status(200, feedOf(badDay).slice(0, 9000), { ETag: '"bad"' }),
    state: 'partial',
    words: 'gave only a part',
    reason: 'expected a whole feed; got',
    asks: 1,
    asksAgainWith: undefined,
    brings: 16,
  },
  {
    what: 'status 500',
    type: 'arxiv-feed',
    bad: status(500, 'upstream down'),
    ...failed,
    reason: 'got 500',
    asks: 3,
  },
  {
    what: 'status 429 that asks for a longer pause than we wait',
    type: 'arxiv-feed',
    bad: status(429, 'Rate exceeded.', { 'Retry-After': '3600' }),
    ...failed,
    reason: 'got 429',
    asks: 1,
  },
  {
    what: 'an error entry with status 400',
    type: 'arxiv-api',
    bad: status(400, apiError(badDay)),
    ...failed,
    reason: 'arXiv reports',
    asks: 1,
  },
];
