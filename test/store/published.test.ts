import { mkdtemp, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishedDocument } from '../../src/domain/site.ts';
import { publishedFilePath, readPublished } from '../../src/store/published-list.ts';
import { writePublished } from '../../src/store/published.ts';

let parent: string;
let dir: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'published-'));
  dir = join(parent, 'site');
});
afterEach(() => rm(parent, { recursive: true }));

function page(path: string, body: string | Uint8Array = `<p>${path}</p>`): PublishedDocument {
  return { path, contentType: 'text/html; charset=utf-8', body };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

describe('publishing', () => {
  it('makes the folder and every file in it, and lists them', async () => {
    const counts = await writePublished(dir, [
      page('index.html'),
      page('a/b/index.html', new Uint8Array([104, 105])),
    ]);
    expect(counts).toEqual({
      written: 2,
      unchanged: 0,
      removed: 0,
      changed: ['index.html', 'a/b/index.html'],
    });
    expect(await filesIn(dir)).toEqual(['.published.json', 'a/b/index.html', 'index.html']);
    expect(await readFile(join(dir, 'a/b/index.html'), 'utf8')).toBe('hi');
    expect([...(await readPublished(dir)).files]).toEqual([
      ['a/b/index.html', 'text/html; charset=utf-8'],
      ['index.html', 'text/html; charset=utf-8'],
    ]);
  });

  it('does not touch a file whose bytes are the same', async () => {
    await writePublished(dir, [page('index.html'), page('new.html')]);
    const old = new Date('2026-01-02T03:04:05Z');
    for (const file of await filesIn(dir)) await utimes(join(dir, file), old, old);

    expect(await writePublished(dir, [page('index.html'), page('new.html')])).toMatchObject({
      written: 0,
      unchanged: 2,
      removed: 0,
    });
    for (const file of await filesIn(dir))
      expect([file, (await stat(join(dir, file))).mtime]).toEqual([file, old]);

    expect(await writePublished(dir, [page('index.html'), page('new.html', 'other')])).toMatchObject({
      written: 1,
    });
    expect((await stat(join(dir, 'index.html'))).mtime).toEqual(old);
    expect((await stat(join(dir, 'new.html'))).mtime).not.toEqual(old);
  });

  it('does not make a file again that was made of the same basis', async () => {
    let made = 0;
    const based = (basis: string, body: string): PublishedDocument => ({
      path: 'index.html',
      contentType: 'text/html; charset=utf-8',
      basis,
      get body() {
        made += 1;
        return body;
      },
    });
    await writePublished(dir, [based('one', '<p>One</p>')]);
    expect(await writePublished(dir, [based('one', '<p>One</p>')])).toMatchObject({ unchanged: 1 });
    expect(made).toBe(1);
    expect(await writePublished(dir, [based('two', '<p>Two</p>')])).toMatchObject({ written: 1 });
    expect(made).toBe(2);
  });

  it('makes a file again that is gone or has another size, whatever its basis', async () => {
    const based: PublishedDocument = { ...page('index.html'), basis: 'one' };
    await writePublished(dir, [based]);
    await writeFile(join(dir, 'index.html'), '<p>ind');
    expect(await writePublished(dir, [based])).toMatchObject({ written: 1 });
    await rm(join(dir, 'index.html'));
    expect(await writePublished(dir, [based])).toMatchObject({ written: 1 });
  });

  it('makes a file again that was altered by hand, also to the same size', async () => {
    const based: PublishedDocument = { ...page('index.html', 'one'), basis: 'one' };
    const text = () => readFile(join(dir, 'index.html'), 'utf8');
    // Again and again: a change in the same tick of the clock of files counts too.
    for (let round = 0; round < 50; round += 1) {
      await writePublished(dir, [based]);
      await writeFile(join(dir, 'index.html'), 'two');
      expect(await writePublished(dir, [based])).toMatchObject({ written: 1 });
      expect(await text()).toBe('one');
    }
    await writePublished(dir, [based]);
    await rm(join(dir, 'index.html'));
    await writeFile(join(dir, 'index.html'), 'two');
    await utimes(join(dir, 'index.html'), new Date(0), new Date(0));
    expect(await writePublished(dir, [based])).toMatchObject({ written: 1 });
    expect(await text()).toBe('one');
  });

  it('does not touch a file that was put back with the same bytes, as from a backup', async () => {
    const based: PublishedDocument = { ...page('index.html', 'one'), basis: 'one' };
    await writePublished(dir, [based]);
    const old = new Date('2026-01-02T03:04:05Z');
    await rm(join(dir, 'index.html'));
    await writeFile(join(dir, 'index.html'), 'one');
    await utimes(join(dir, 'index.html'), old, old);
    for (let round = 0; round < 2; round += 1) {
      expect(await writePublished(dir, [based])).toMatchObject({ unchanged: 1 });
      expect((await stat(join(dir, 'index.html'))).mtime).toEqual(old);
    }
  });

  it('does not read a file that is as it was written', async () => {
    const based: PublishedDocument = { ...page('index.html', 'one'), basis: 'one' };
    const file = join(dir, 'index.html');
    const then = new Date('2026-01-02T03:04:05Z');
    await writePublished(dir, [based]);
    await utimes(file, then, then);
    await writePublished(dir, [based]);
    // Nobody can tell it from outside: other bytes, but size, inode and time are the same.
    await writeFile(file, 'two');
    await utimes(file, then, then);
    expect(await writePublished(dir, [based])).toMatchObject({ unchanged: 1 });
    expect(await writePublished(dir, [{ ...based, basis: 'two' }])).toMatchObject({ written: 1 });
    expect(await readFile(file, 'utf8')).toBe('one');
  });

  it('ends with what the last one says, also after two at once', { timeout: 30_000 }, async () => {
    const pages = (word: string): PublishedDocument[] =>
      Array.from({ length: 40 }, (_, at) => ({ ...page(`p${at}.html`, `${at} ${word}`), basis: word }));
    for (let round = 0; round < 10; round += 1) {
      await Promise.allSettled([writePublished(dir, pages('A')), writePublished(dir, pages('B'))]);
      await writePublished(dir, pages('B'));
      for (let at = 0; at < 40; at += 1) {
        expect(await readFile(join(dir, `p${at}.html`), 'utf8')).toBe(`${at} B`);
      }
    }
  });

  it('trusts no basis after a publication that was broken off', async () => {
    const first: PublishedDocument = { ...page('a.html', 'one'), basis: 'one' };
    await writePublished(dir, [first]);
    const broken: PublishedDocument = {
      path: 'b.html',
      contentType: 'text/html',
      basis: 'two',
      get body(): string {
        throw new Error('broken off');
      },
    };
    await expect(writePublished(dir, [{ ...first, body: 'two', basis: 'two' }, broken])).rejects.toThrow(
      'broken off',
    );
    expect(await writePublished(dir, [first])).toMatchObject({ written: 1 });
    expect(await readFile(join(dir, 'a.html'), 'utf8')).toBe('one');
  });

  it('removes what it no longer makes and the folders this empties, but nothing it did not write', async () => {
    await writePublished(dir, [page('index.html'), page('p/1/index.html'), page('p/2/index.html')]);
    await writeFile(join(dir, 'p/2/note.txt'), 'by hand');
    await writeFile(join(dir, 'favicon.ico'), 'by hand');

    expect(await writePublished(dir, [page('index.html')])).toMatchObject({
      written: 0,
      unchanged: 1,
      removed: 2,
    });
    expect(await filesIn(dir)).toEqual(['.published.json', 'favicon.ico', 'index.html', 'p/2/note.txt']);
  });

  it('puts right what a crash half-way left: listed files without content, and content that is cut off', async () => {
    await writePublished(dir, [page('index.html'), page('old.html')]);
    const list = JSON.parse(await readFile(join(dir, '.published.json'), 'utf8'));
    list.files['half/index.html'] = 'text/html; charset=utf-8';
    await writeFile(join(dir, '.published.json'), JSON.stringify(list));
    await writeFile(join(dir, 'index.html'), '<p>ind');

    expect(await writePublished(dir, [page('index.html')])).toMatchObject({
      written: 1,
      unchanged: 0,
      removed: 2,
    });
    expect(await filesIn(dir)).toEqual(['.published.json', 'index.html']);
    expect(await readFile(join(dir, 'index.html'), 'utf8')).toBe('<p>index.html</p>');
  });

  it('leaves the old file and no other when a file cannot be put in place', async () => {
    await writePublished(dir, [page('index.html')]);
    await mkdir(join(dir, 'taken'));
    await expect(writePublished(dir, [page('index.html'), page('taken')])).rejects.toThrow(
      /EISDIR|ENOTEMPTY|directory/,
    );
    expect(await filesIn(dir)).toEqual(['.published.json', 'index.html']);
  });

  it.each([
    '../out.html',
    'a/../../out.html',
    '/etc/x',
    '%2e%2e/out.html',
    'a//b',
    'a/',
    '',
    '.published.json',
    'a%2Fb',
    'a\\b',
    'a%00b',
    'a%zz',
  ])('refuses the path "%s" before it writes anything', async (path) => {
    await expect(writePublished(dir, [page('index.html'), page(path)])).rejects.toThrow(`got "${path}"`);
    expect(await filesIn(parent)).toEqual([]);
  });

  it('writes its list anew whenever it wrote or removed a file, also when the list says the same', async () => {
    const listed = async () => (await stat(join(dir, '.published.json'))).ino;
    await writePublished(dir, [page('index.html', 'one'), page('a.html')]);
    const first = await listed();
    await writePublished(dir, [page('index.html', 'one'), page('a.html')]);
    expect(await listed()).toBe(first);
    await writePublished(dir, [page('index.html', 'two'), page('a.html')]);
    const second = await listed();
    expect(second).not.toBe(first);
    await writePublished(dir, [page('index.html', 'two')]);
    expect(await listed()).not.toBe(second);
  });

  it('remembers what it removed, since the newest edition of that time, until it is made again', async () => {
    const at = Date.parse('2026-11-24T02:30:00Z');
    await writePublished(dir, [page('a.html'), page('b.html')], { at: 0 });
    await writePublished(dir, [page('a.html')], { at });
    await writePublished(dir, [page('a.html')], { at: at + 86_400_000 });
    expect([...(await readPublished(dir)).gone]).toEqual([
      ['b.html', { contentType: 'text/html; charset=utf-8', at: at / 1000 }],
    ]);
    await writePublished(dir, [page('a.html'), page('b.html')], { at });
    expect((await readPublished(dir)).gone.size).toBe(0);
  });

  it('puts texts beside themselves compressed when asked, and takes them away with them', async () => {
    const options = { isPrecompressed: true };
    const picture = { path: 'icon.png', contentType: 'image/png', body: new Uint8Array([1]) };
    await writePublished(dir, [page('a.html', 'one'), page('b.html'), picture], options);
    expect(await filesIn(dir)).toEqual([
      '.published.json',
      'a.html',
      'a.html.br',
      'a.html.gz',
      'b.html',
      'b.html.br',
      'b.html.gz',
      'icon.png',
    ]);
    await writePublished(dir, [page('a.html', 'two'), picture], options);
    expect(await filesIn(dir)).toEqual(['.published.json', 'a.html', 'a.html.br', 'a.html.gz', 'icon.png']);
    expect(gunzipSync(await readFile(join(dir, 'a.html.gz'))).toString()).toBe('two');
    expect(brotliDecompressSync(await readFile(join(dir, 'a.html.br'))).toString()).toBe('two');
  });

  it('compresses again after a crash between a compressed text and the text itself', async () => {
    const options = { isPrecompressed: true };
    await writePublished(dir, [page('a.html', 'one')], options);
    const old = await readFile(join(dir, 'a.html.gz'));
    await writePublished(dir, [page('a.html', 'two')], options);
    await writeFile(join(dir, 'a.html'), 'one');
    await writeFile(join(dir, 'a.html.br'), old);
    await writePublished(dir, [page('a.html', 'two')], options);
    expect(gunzipSync(await readFile(join(dir, 'a.html.gz'))).toString()).toBe('two');
    expect(brotliDecompressSync(await readFile(join(dir, 'a.html.br'))).toString()).toBe('two');
  });

  it('refuses two documents for one file', async () => {
    await expect(writePublished(dir, [page('a.html'), page('%61.html')])).rejects.toThrow('made twice');
  });

  it('never removes anything outside, even when the list says so', async () => {
    const outside = join(parent, 'precious.txt');
    await writeFile(outside, 'kept');
    await mkdir(dir);
    await writeFile(
      join(dir, '.published.json'),
      JSON.stringify({ version: 1, files: { '../precious.txt': 'text/plain' } }),
    );
    expect(await writePublished(dir, [page('index.html')])).toMatchObject({ removed: 0 });
    expect(await readFile(outside, 'utf8')).toBe('kept');
  });

  it('names a damaged list and says what to do', async () => {
    await mkdir(dir);
    await writeFile(join(dir, '.published.json'), '{"version":1,');
    await expect(readPublished(dir)).rejects.toThrow(
      /\.published\.json is damaged: .* Remove it and publish again\./,
    );
  });

  it('replaces a link by a file instead of writing through it', async () => {
    const outside = join(parent, 'precious.txt');
    await writeFile(outside, 'kept');
    await mkdir(dir);
    await symlink(outside, join(dir, 'index.html'));
    await writePublished(dir, [page('index.html')]);
    expect(await readFile(outside, 'utf8')).toBe('kept');
    expect(await readFile(join(dir, 'index.html'), 'utf8')).toBe('<p>index.html</p>');
  });
});

describe('the file of a path', () => {
  it.each([
    ['index.html', 'index.html'],
    ['p/doi/10.5555/a%3Cb%3E/index.html', 'p/doi/10.5555/a<b>/index.html'],
    ['p/arxiv/astro-ph/0601001/index.html', 'p/arxiv/astro-ph/0601001/index.html'],
    ['t/%C3%BC/index.html', 't/ü/index.html'],
    ['a%2e%2e', 'a..'],
  ])('%s is %s', (path, file) => {
    expect(publishedFilePath(path)).toBe(file);
  });
});
