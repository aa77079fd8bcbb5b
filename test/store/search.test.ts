import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSearch } from '../../src/domain/search-parse.ts';
import { dayMs } from '../../src/domain/time.ts';
import { searchPapers } from '../../src/store/search-answers.ts';
import { searchGeneration } from '../../src/store/search-index.ts';
import { insertAliases, mergePapers } from '../../src/store/aliases.ts';
import { listingEntry } from '../fixtures/papers.ts';
import { firstDay, openSearchStore, titled, type SearchStore } from './search-store.ts';

let store: SearchStore;
beforeEach(async () => {
  store = await openSearchStore();
});
afterEach(() => store.close());

const kettle = titled(1, 'Agents that boil kettles', {
  abstract: 'We fine-tune transformers for tea. Tool use helps.',
  authors: [{ name: 'Łucja Müller', affiliation: 'Kettle Lab' }, { name: 'Ben Sample' }],
  categories: ['cs.CL', 'cs.AI'],
  links: { abstract: 'https://example.org/1', code: 'https://example.org/code' },
  submittedAt: Date.parse('2026-11-02T10:00:00Z'),
});
const teapot = titled(2, 'A teapot by any other name', {
  abstract: 'Robots pour tea with the use of a tool. Ben Nevis is a mountain. H₂O in 日本語の論文.',
  authors: [{ name: 'Ada Example' }, { name: 'Ben Other' }],
  categories: ['stat.ML'],
  organization: 'Institute of Pots',
});

describe('a search', () => {
  beforeEach(async () => {
    await store.announce([kettle], firstDay);
    await store.announce([teapot], firstDay + dayMs, 'other');
    await store.index();
  });

  it.each([
    ['tea', ['teapot', 'kettle'], 'the last met first'],
    ['kettle', ['kettle'], 'any inflection'],
    ['transformer tuning', ['kettle'], 'all words, wherever they stand'],
    ['"tool use"', ['kettle'], 'a phrase only where its words stand beside each other'],
    ['"Example Ben"', [], 'two names in a row are no phrase'],
    ['tea -robot', ['kettle'], 'what must not be there'],
    ['-robot', ['kettle'], 'only what must not be there'],
    ['-(kettle OR robot)', [], 'a group that must not be there'],
    ['kettle OR teapot', ['teapot', 'kettle'], 'one of two'],
    ['(kettle OR teapot) robots', ['teapot'], 'a group'],
    ['title:tea', [], 'only in the title'],
    ['abstract:tea', ['teapot', 'kettle'], 'only in the abstract'],
    ['mueller', [], 'an umlaut is not spelled out'],
    ['lucja muller', ['kettle'], 'names without their accents'],
    ['author:müller', ['kettle'], 'an author'],
    ['author:"ben sample"', ['kettle'], 'a whole name'],
    ['author:nevis', [], 'an author only among authors'],
    ['lab:kettle', ['kettle'], 'an affiliation'],
    ['lab:"institute of pots"', ['teapot'], 'an organisation'],
    ['cat:CS.cl', ['kettle'], 'a category in any case'],
    ['cat:cs.*', ['kettle'], 'all categories of an archive'],
    ['cat:cs', [], 'no part of a category'],
    ['topic:agents', ['kettle'], 'a topic by its key'],
    ['topic:"agents AND tools"', ['kettle'], 'a topic by its name'],
    ['source:other', ['teapot'], 'a source'],
    ['has:code', ['kettle'], 'code'],
    ['-has:code', ['teapot'], 'no code'],
    ['after:2026-11-10', ['teapot'], 'by our own day where no source told one'],
    ['after:2026-11-02 before:2026-11-03', ['kettle'], 'by the day of submission'],
    ['before:2026-11-02', [], 'not the day after the last'],
    ['2510.90001', ['kettle'], 'an arXiv id'],
    ['https://arxiv.org/abs/2510.90001v3', ['kettle'], 'an address of a paper'],
    ['h2o', ['teapot'], 'signs in their usual form'],
    ['論文', ['teapot'], 'any part of a text without spaces'],
    ['本日', [], 'its signs in their order only'],
    ['', ['teapot', 'kettle'], 'nothing'],
  ])('%j finds %j: %s', async (text, expected) => {
    const names = new Map([
      [kettle.title, 'kettle'],
      [teapot.title, 'teapot'],
    ]);
    expect((await store.titles(text)).map((title) => names.get(title))).toEqual(expected);
  });

  it.each([
    ['NEAR(tea tea)', []],
    ['NEAR(robots pour)', []],
    ['title : tea', []],
    ['abstract : robots', []],
    ['{abstract} : robots', []],
    ['^robots', ['teapot']],
    ['robo*', []],
    ['robots + pour', ['teapot']],
    ['"robots" * "pour"', ['teapot']],
    ['"tea" NEAR "robots"', []],
    ['robots" OR "kettles', []],
    ["robots'; drop table search_papers; --", []],
  ])('takes %j for words, not for a query of the database', async (text, expected) => {
    const names = new Map([
      [kettle.title, 'kettle'],
      [teapot.title, 'teapot'],
    ]);
    expect((await store.titles(text)).map((title) => names.get(title))).toEqual(expected);
  });
});

describe('the order', () => {
  const one = titled(1, 'Kettle things', { abstract: 'About boiling water.' });
  const two = titled(2, 'Boiling water in a kettle', { abstract: 'Kettle.' });
  const three = titled(3, 'Water', { abstract: 'A kettle, boiling.' });
  const four = titled(4, 'Kettle water, boiling', { abstract: 'More.' });

  beforeEach(async () => {
    for (const [place, [paper, votes]] of (
      [
        [four, 1],
        [two, 7],
        [one, 9],
        [three, 0],
      ] as const
    ).entries()) {
      const counts = votes === 0 ? [] : [{ kind: 'upvotes', value: votes } as const];
      await store.announce([listingEntry(paper, { signals: counts })], firstDay + place * dayMs);
    }
    await store.announce(
      [listingEntry(two, { signals: [{ kind: 'upvotes', value: 12 }] })],
      firstDay + 9 * dayMs,
    );
    await store.announce(
      [listingEntry(one, { signals: [{ kind: 'upvotes', value: 11 }] })],
      firstDay,
      'votes too',
    );
    await store.index();
  });

  it('is by our first sight, by votes, or by where the words stand', async () => {
    expect(await store.titles('boiling water')).toEqual([three, one, two, four].map(({ title }) => title));
    expect(await store.titles('boiling water', 'votes')).toEqual(
      [two, one, four, three].map(({ title }) => title),
    );
    expect(await store.titles('boiling water', 'relevance')).toEqual(
      [two, four, three, one].map(({ title }) => title),
    );
    expect(await store.titles('water', 'relevance')).toEqual(
      [three, two, four, one].map(({ title }) => title),
    );
  });

  it('tells that there is more than is listed', async () => {
    const search = parseSearch('water');
    expect(await searchPapers(store, search, 'newest', 3)).toMatchObject({
      isMore: true,
      seqs: [4, 3, 2],
    });
    expect(await searchPapers(store, search, 'newest', 4)).toMatchObject({ isMore: false });
    expect(await searchPapers(store, search, 'relevance', 3)).toMatchObject({ seqs: { length: 3 } });
  });
});

describe('the index', () => {
  it('follows a paper that changes, and keeps its place', async () => {
    await store.announce([kettle, teapot]);
    await store.index();
    await store.announce([{ ...kettle, version: 2, title: 'Spoons' }], firstDay + dayMs);
    expect(await store.titles('title:kettles'), 'by its former words, with what is known now').toEqual([
      'Spoons',
    ]);
    expect(await store.index()).toBe(1);
    expect(await store.titles('spoon')).toEqual(['Spoons']);
    expect(await store.titles('title:kettles')).toEqual([]);
    expect(await store.titles('tea')).toEqual([teapot.title, 'Spoons']);
  });

  it('follows what another source adds', async () => {
    await store.announce([teapot]);
    await store.index();
    const withCode = { ...teapot, links: { ...teapot.links, code: 'https://example.org/code' } };
    await store.announce([withCode], firstDay + dayMs, 'another');
    await store.index();
    expect(await store.titles('has:code source:another source:listing')).toEqual([teapot.title]);
  });

  it('does nothing when nothing is new, and tells by its number whether something was', async () => {
    await store.announce([kettle, teapot]);
    expect(await store.index()).toBe(2);
    const generation = await searchGeneration(store.db);
    expect(await store.index()).toBe(0);
    expect(await searchGeneration(store.db)).toBe(generation);
    await store.announce([titled(3, 'Third')], firstDay + dayMs);
    await store.index();
    expect(await searchGeneration(store.db)).toBeGreaterThan(generation);
  });

  it('reads every paper again when the rules have another name', async () => {
    await store.announce([kettle, teapot]);
    await store.index();
    expect(await store.titles('topic:pots')).toEqual([]);
    expect(await store.index({ basis: 'other', topicsOf: () => ['pots'] })).toBe(2);
    expect(await store.titles('topic:pots')).toEqual([teapot.title, kettle.title]);
    expect(await store.titles('topic:agents')).toEqual([]);
  });

  it('forgets a paper that turned out to be another one', async () => {
    await store.announce([kettle, teapot]);
    await store.index();
    await insertAliases(store.db, new Map([[teapot.id, kettle.id]]));
    await mergePapers(store.db, teapot.id, kettle.id);
    await store.index();
    expect(await store.titles('')).toEqual([kettle.title]);
    expect(await store.titles('teapot')).toEqual([]);
    await store.announce([titled(3, 'The next one')], firstDay + dayMs);
    await store.index();
    expect(await store.titles('teapot OR next OR kettle')).toEqual(['The next one', kettle.title]);
  });

  it('goes on where it was stopped, each block whole', async () => {
    await store.announce(Array.from({ length: 450 }, (_, number) => titled(number + 1, `Kettle ${number}`)));
    let asked = 0;
    const dies = {
      shown: (text: string) => {
        asked += 1;
        if (asked > 1_100) throw new Error('the power went');
        return text;
      },
    };
    await expect(store.index(dies)).rejects.toThrow('the power went');
    expect(await store.titles('kettle')).toHaveLength(200);
    expect(await store.index()).toBe(250);
    const titles = await store.titles('kettle');
    expect(new Set(titles).size).toBe(450);
    expect(titles[0]).toBe('Kettle 449');
  });

  it('is not worked on by two at once', async () => {
    await store.announce(Array.from({ length: 450 }, (_, number) => titled(number + 1, `Kettle ${number}`)));
    const counts = await Promise.all([store.index(), store.index()]);
    expect(counts[0] + counts[1]).toBe(450);
    expect(await store.titles('kettle')).toHaveLength(450);
  });
});
