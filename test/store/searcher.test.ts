import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { parseSearch } from '../../src/domain/search-parse.ts';
import { searchPapers, type SearchResult } from '../../src/store/search-answers.ts';
import { openSearcher, type NoSearchAnswer } from '../../src/store/searcher.ts';
import { hardSearch, openSearchStore, titled, type SearchStore } from './search-store.ts';

let store: SearchStore;
afterEach(() => store.close());

async function searched(text: string): Promise<SearchResult | NoSearchAnswer> {
  return searchPapers(store, parseSearch(text), 'newest', 10);
}

async function storeWithHardPapers(limits?: { mostMs: number; mostWaitMs: number }): Promise<void> {
  store = await openSearchStore(limits);
  await store.announce([titled(1, 'On kettles')]);
  await store.index();
  await store.addHardPapers();
}

describe('a searcher', () => {
  it('breaks off a search that takes too long while everything else goes on, and answers the next one', async () => {
    await storeWithHardPapers({ mostMs: 400, mostWaitMs: 20_000 });
    expect(await searched('kettle')).toMatchObject({ seqs: [1] });
    let longest = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    const startedAt = performance.now();
    const [tooHard, next] = await Promise.all([searched(hardSearch), searched('kettle')]);
    const tookMs = performance.now() - startedAt;
    clearInterval(beat);
    expect(tooHard).toBe('too hard');
    expect(next).toMatchObject({ seqs: [1] });
    expect(tookMs).toBeGreaterThan(390);
    expect(longest).toBeLessThan(350);
  });

  it('lets nobody wait long for searches before theirs', async () => {
    await storeWithHardPapers({ mostMs: 400, mostWaitMs: 200 });
    expect(await Promise.all([searched(hardSearch), searched('kettle')])).toEqual(['too hard', 'busy']);
    expect(await searched('kettle')).toMatchObject({ seqs: [1] });
  });

  it('says why it could not look, and looks again', async () => {
    store = await openSearchStore();
    await store.announce([titled(1, 'On kettles')]);
    await store.index();
    await expect(
      store.searcher.look([{ expression: 'no " expression', after: '', before: '9', limit: 1 }]),
    ).rejects.toThrow('the search index could not be read');
    expect(await searched('kettle')).toMatchObject({ seqs: [1] });
  });

  it('finds what was written while it was open', async () => {
    store = await openSearchStore();
    expect(await searched('kettle')).toMatchObject({ seqs: [] });
    await store.announce([titled(1, 'On kettles')]);
    await store.index();
    expect(await searched('kettle')).toMatchObject({ seqs: [1] });
  });

  it('says that there is no database', async () => {
    store = await openSearchStore();
    await using searcher = openSearcher(`${store.path}.none`);
    await expect(searcher.look([{ after: '', before: '9', limit: 1 }])).rejects.toThrow(
      /paper\.db\.none could not be opened for a search: unable to open database file/,
    );
  });

  it('lets the program end, and ends with it', async () => {
    store = await openSearchStore();
    const program = `
      import { openSearcher } from ${JSON.stringify(new URL('../../src/store/searcher.ts', import.meta.url).href)};
      const searcher = openSearcher(${JSON.stringify(store.path)});
      console.log(JSON.stringify(await searcher.look([{ after: '', before: '9', limit: 1 }])));
      if (process.argv[1] === 'close') {
        await searcher[Symbol.asyncDispose]();
        console.log('closed');
      }`;
    const run = async (argument: string): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, argument])).stdout;
    expect(await run('close')).toBe('[[]]\nclosed\n');
    // The pipe of the output is closed only when nobody holds it: the search process does not.
    expect(await run('leave')).toBe('[[]]\n');
  });

  it('answers nobody after it was closed', async () => {
    store = await openSearchStore();
    expect(await searched('kettle')).toMatchObject({ seqs: [] });
    await store.searcher[Symbol.asyncDispose]();
    expect(await searched('kettle')).toBe('busy');
  });
});
