import { describe, expect, it } from 'vitest';
import type { Listing } from '../../src/domain/listing.ts';
import { judgeListing, judgeUnchanged } from '../../src/ingest/health.ts';
import { idsHash } from '../../src/ingest/ids-hash.ts';
import { arxivDueDate } from '../../src/sources/arxiv-calendar.ts';
import { listing, listingEntry, paperRecord } from '../fixtures/papers.ts';

const readAt = Date.parse('2026-11-24T06:00:00Z');

function list(date: string, numbers: readonly number[], change: Partial<Listing> = {}): Listing {
  const entries = numbers.map((number) => listingEntry(paperRecord(number)));
  return listing('arxiv', readAt, entries, { listDate: date, hasVotes: false, rhythm: 'batch', ...change });
}

function earlier(date: string, numbers: readonly number[]) {
  const one = list(date, numbers);
  return { listDate: date, idsHash: idsHash(one), announced: one.announced };
}

const many = Array.from({ length: 40 }, (_, index) => index);

describe('the health of a listing', () => {
  it('is ok for another day with other papers', () => {
    expect(judgeListing(list('2026-11-24', [3, 4]), earlier('2026-11-23', [1, 2]), '2026-11-24')).toEqual({
      state: 'ok',
    });
  });

  it('is quiet on a day on which the source announces nothing', () => {
    expect(
      judgeListing(list('2026-11-22', [], { quiet: true }), earlier('2026-11-20', many), '2026-11-20'),
    ).toEqual({
      state: 'quiet',
    });
  });

  it('is stale, not quiet, when the empty list of a weekend still stands on a working day', () => {
    expect(judgeListing(list('2026-11-22', [], { quiet: true }), undefined, '2026-11-24').state).toBe(
      'stale',
    );
  });

  it('is partial when most of it cannot be read', () => {
    const dropped = many.map((number) => ({ key: `${number}`, reason: 'expected a title; got none' }));
    const renamed = list('2026-11-24', [1], { announced: 41, dropped });
    expect(judgeListing(renamed, undefined, '2026-11-24')).toEqual({
      state: 'partial',
      reason: '40 of 41 entries could not be read, the first: expected a title; got none',
    });
  });

  it('is stale when a newer list is due', () => {
    expect(judgeListing(list('2026-11-23', [1]), undefined, '2026-11-24')).toMatchObject({
      state: 'stale',
      reason: 'expected the list of 2026-11-24; it still shows that of 2026-11-23',
    });
  });

  it('is stale when two days have the same papers, in whatever order', () => {
    expect(
      judgeListing(list('2026-11-24', [2, 1]), earlier('2026-11-23', [1, 2]), '2026-11-24'),
    ).toMatchObject({
      state: 'stale',
    });
  });

  it('is partial when a full list is followed by next to nothing', () => {
    expect(judgeListing(list('2026-11-24', [50]), earlier('2026-11-23', many), '2026-11-24')).toMatchObject({
      state: 'partial',
      reason: 'expected about 40 papers as on 2026-11-23; got 1',
    });
    expect(judgeListing(list('2026-11-24', []), earlier('2026-11-23', many), '2026-11-24').state).toBe(
      'partial',
    );
  });

  it('is ok for a list that people still fill', () => {
    const growing = list('2026-11-24', [50], { rhythm: 'growing' });
    expect(judgeListing(growing, earlier('2026-11-23', many), undefined).state).toBe('ok');
    const ended = list('2026-11-22', [50], { rhythm: 'growing' });
    expect(judgeListing(ended, earlier('2026-11-20', many), undefined).state).toBe('partial');
  });

  it('is ok for a source without daily lists that says the same twice', () => {
    const { rhythm: _rhythm, ...feed } = list('2026-11-24', many);
    expect(judgeListing(feed, earlier('2026-11-23', many), undefined).state).toBe('ok');
  });

  it('is partial for a document that was cut off', () => {
    const cut = list('2026-11-24', many, {
      dropped: [{ key: 'document', reason: 'it ends inside an item' }],
    });
    expect(judgeListing(cut, undefined, undefined)).toEqual({
      state: 'partial',
      reason: 'it ends inside an item',
    });
  });

  it('of an unchanged answer is stale when a newer list is due', () => {
    expect(judgeUnchanged(earlier('2026-11-23', [1]), '2026-11-24').state).toBe('stale');
    expect(judgeUnchanged(earlier('2026-11-24', [1]), '2026-11-24').state).toBe('ok');
    expect(judgeUnchanged(undefined, '2026-11-24').state).toBe('ok');
  });
});

describe("arXiv's newest list day", () => {
  it.each([
    ['2026-11-24T12:00:00Z', '2026-11-24'],
    ['2026-11-24T06:30:00Z', '2026-11-23'], // half past one at night in New York: perhaps not rebuilt yet
    ['2026-11-24T07:30:00Z', '2026-11-24'],
    ['2026-11-22T12:00:00Z', '2026-11-20'], // Sunday
    ['2026-11-26T20:00:00Z', '2026-11-25'], // Thanksgiving
    ['2026-07-01T06:30:00Z', '2026-07-01'], // summer time
  ])('at %s is %s', (now, date) => {
    expect(arxivDueDate(Date.parse(now))).toBe(date);
  });
});
