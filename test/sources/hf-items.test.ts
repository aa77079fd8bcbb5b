import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { githubRepository, webAddress } from '../../src/sources/github.ts';
import { dailyPapersItem } from '../../src/sources/hf-items.ts';
import { item } from './hf-answers.ts';

const entry = (value: unknown) => {
  const read = dailyPapersItem(value, 0);
  if ('reason' in read) throw new Error(read.reason);
  return read;
};

describe('an item of the Daily Papers API', () => {
  test('becomes a paper with its links, its people and its counts', () => {
    const read = entry({
      ...item({
        id: '2601.01234',
        title: 'Quiet\nStars',
        summary: 'We count\n  stars.',
        authors: [
          { name: 'Ada Invented', hidden: false },
          { name: 'Hidden Person', hidden: true },
          { name: 'Bo  Made-Up' },
          {},
        ],
        publishedAt: '2026-01-05T17:00:01.000Z',
        submittedOnDailyAt: '2026-01-07T03:04:05.000Z',
        upvotes: 12,
        githubRepo: 'https://github.com/ada/stars/',
        githubStars: 3,
        projectPage: ' https://stars.example.org/',
        ai_keywords: ['Star Counting', 'star counting', ''],
        mediaUrls: ['https://cdn.example.org/a.png', 'https://cdn.example.org/b.mp4'],
        organization: { name: 'starlab', fullname: 'Star Laboratory' },
      }),
      publishedAt: '2026-01-05T12:00:01.000Z',
      numComments: 2,
      submittedBy: { name: 'carol', followerCount: 41 },
    });
    expect(read).toEqual({
      sourceKey: '2601.01234',
      kind: 'new',
      listedAt: Date.parse('2026-01-07T03:04:05.000Z'),
      signals: [
        { kind: 'upvotes', value: 12 },
        { kind: 'comments', value: 2 },
        { kind: 'stars', value: 3 },
      ],
      paper: {
        id: 'arxiv:2601.01234',
        title: 'Quiet Stars',
        abstract: 'We count stars.',
        authors: [{ name: 'Ada Invented' }, { name: 'Bo Made-Up' }],
        categories: [],
        keywords: ['star counting'],
        links: {
          abstract: 'https://arxiv.org/abs/2601.01234',
          pdf: 'https://arxiv.org/pdf/2601.01234',
          code: 'https://github.com/ada/stars',
          project: 'https://stars.example.org/',
          discussion: 'https://huggingface.co/papers/2601.01234',
        },
        organization: 'Star Laboratory',
        submittedAt: Date.parse('2026-01-05T17:00:01.000Z'),
        mediaCount: 2,
        submitterFollowers: 41,
      },
    });
  });

  test('with nothing but id, title and summary has no invented values', () => {
    const read = entry({ paper: { id: '2601.01234', title: '0', summary: 'Zero.' } });
    expect(read.signals).toEqual([]);
    expect(read).not.toHaveProperty('listedAt');
    expect(Object.keys(read.paper).toSorted()).toEqual([
      'abstract',
      'authors',
      'categories',
      'id',
      'keywords',
      'links',
      'title',
    ]);
  });

  test('no votes are 0 votes, and the title "0" is a title', () => {
    const read = entry(item({ title: '0', upvotes: 0 }));
    expect(read.signals).toContainEqual({ kind: 'upvotes', value: 0 });
    expect(read.paper.title).toBe('0');
  });

  test('midnight means that only the day of listing is known, not the time', () => {
    expect(entry(item({ submittedOnDailyAt: '2026-05-21T00:00:00.000Z' }))).not.toHaveProperty('listedAt');
    expect(entry(item({ submittedOnDailyAt: '2026-05-21T00:00:01.000Z' }))).toHaveProperty('listedAt');
  });

  test('the outer publishedAt is not a time of anything', () => {
    const read = entry({
      ...item({ publishedAt: undefined, submittedOnDailyAt: undefined }),
      publishedAt: '2026-08-16T20:00:00.000Z',
    });
    expect(read).not.toHaveProperty('listedAt');
    expect(read.paper).not.toHaveProperty('submittedAt');
  });

  test('text is kept as it is, also what looks like HTML or mathematics', () => {
    const summary = 'A <think> tag, <picture of a man>, &lt; and $1 Million.';
    expect(entry(item({ summary })).paper.abstract).toBe(summary);
  });

  test.each([
    ['both levels', { name: 'inner', fullname: 'Inner' }, { name: 'outer', fullname: 'Outer' }, 'Inner'],
    ['only outside', undefined, { name: 'outer', fullname: 'Outer' }, 'Outer'],
    ['only a short name', { name: 'inner' }, undefined, 'inner'],
  ])('the organization comes from %s', (_, inner, outer, expected) => {
    expect(entry({ ...item({ organization: inner }), organization: outer }).paper.organization).toBe(
      expected,
    );
  });

  test.each([
    [
      'a project page at github.com without githubRepo is the code',
      undefined,
      'https://github.com/ada/stars/tree/main',
      'https://github.com/ada/stars',
      undefined,
    ],
    [
      'the same repository twice is the code',
      'https://github.com/ada/stars',
      'https://github.com/ada/stars/',
      'https://github.com/ada/stars',
      undefined,
    ],
    [
      'another repository stays the project',
      'https://github.com/ada/stars',
      'https://github.com/ada/site',
      'https://github.com/ada/stars',
      'https://github.com/ada/site',
    ],
    ['an owner alone is no code', 'https://github.com/ada', undefined, undefined, undefined],
    [
      'a page of an owner is a project',
      undefined,
      'https://github.com/ada',
      undefined,
      'https://github.com/ada',
    ],
    ['a project page that is no address is left out', undefined, 'coming soon', undefined, undefined],
  ])('%s', (_, githubRepo, projectPage, code, project) => {
    const { links } = entry(item({ githubRepo, projectPage })).paper;
    expect([links.code, links.project]).toEqual([code, project]);
  });

  test.each([
    ['no paper', { title: 'x' }, 'item 7', 'paper'],
    ['a string', 'paper', 'item 7', 'object'],
    ['null', null, 'item 7', 'object'],
    ['no id', item({ id: undefined }), 'item 7', 'got no id'],
    ['no title at either level', { paper: { id: '2601.01234', summary: 'x' } }, '2601.01234', 'got no title'],
    ['an empty title', { ...item({ title: ' \n' }), title: 'outer' }, '2601.01234', 'got no title'],
    ['no summary', { paper: { id: '2601.01234', title: 'x' } }, '2601.01234', 'got no summary'],
    [
      'a number for a title',
      { paper: { id: '2601.01234', title: 7, summary: 'x' } },
      '2601.01234',
      'got no title',
    ],
  ])('with %s it is dropped, and says why', (_, value, key, reason) => {
    expect(dailyPapersItem(value, 7)).toEqual({ key, reason: expect.stringContaining(reason) });
  });

  test('a wrong optional field is as if it were not there', () => {
    const read = entry({
      ...item({
        upvotes: '12',
        githubStars: -1,
        authors: 'Ada',
        ai_keywords: null,
        organization: 'x',
        mediaUrls: 'x',
        publishedAt: 5,
      }),
      numComments: 1.5,
      submittedBy: 'carol',
    });
    expect(read.signals).toEqual([]);
    expect(read.paper.authors).toEqual([]);
  });

  test('one broken author does not hide the others', () => {
    expect(entry(item({ authors: [null, { name: 'Ada' }, 7, { name: 9 }] })).paper.authors).toEqual([
      { name: 'Ada' },
    ]);
  });

  test('any JSON gives an entry or a reason, never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, inner) => {
        const places = [
          value,
          { paper: inner },
          item({ authors: inner, upvotes: inner, organization: inner }),
        ];
        for (const read of places.map(dailyPapersItem))
          expect('reason' in read ? read.key : read.paper.id).not.toBe('');
      }),
    );
  });
});

test.each([
  ['https://github.com/ada/stars', 'https://github.com/ada/stars'],
  ['https://github.com/ada/stars//', 'https://github.com/ada/stars'],
  ['https://github.com/ada/stars/tree/main/sub', 'https://github.com/ada/stars'],
  ['https://github.com/ada/stars/blob/main/', 'https://github.com/ada/stars'],
  ['https://github.com/ada/stars?tab=readme-ov-file#x', 'https://github.com/ada/stars'],
  ['https://github.com/ada/\nstars.js.git', 'https://github.com/ada/stars.js'],
  [' http://www.github.com/ada/stars ', 'https://github.com/ada/stars'],
  ['github.com/ada/stars', 'https://github.com/ada/stars'],
  ['https://github.com/ada', undefined],
  ['https://github.com/ada/', undefined],
  ['https://ada.github.io/stars', undefined],
  ['https://example.org/github.com/ada/stars', undefined],
  ['', undefined],
])('the repository in %j is %j', (text, expected) => {
  expect(githubRepository(text)).toBe(expected);
});

test.each([
  [' https://a.example/x ', 'https://a.example/x'],
  ['javascript:alert(1)', undefined],
  ['https://a b.example', undefined],
  ['www.example.org', undefined],
])('the web address in %j is %j', (text, expected) => {
  expect(webAddress(text)).toBe(expected);
});
