import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { publishStatic } from '../../src/cli/static-site.ts';
import { UsageError } from '../../src/errors.ts';
import { calendarDate } from '../../src/domain/time.ts';
import { makeEdition, makeViews, publishSite, readSources, type Day } from '../../src/pipeline.ts';
import { createWebApp } from '../../src/serve/app.ts';
import { isCompressible } from '../../src/store/compressed.ts';
import { publishedPath, readPublished } from '../../src/store/published-list.ts';
import { atomFaults, jsonFaults, rssFaults } from '../render/feed/lint.ts';
import { filesBelow, house, type House } from './house.ts';

/** A few papers of two days of the sample. */
const listings = readFileSync(resolve(import.meta.dirname, '../../sample/listings.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line.includes('T02:10:00Z') && line.length > 5_000)
  .slice(0, 3)
  .map((line) => {
    const capture = JSON.parse(line);
    return JSON.stringify({ ...capture, response: capture.response.slice(0, 5) });
  });
const [first, second] = ['2026-11-10T02:30:00Z', '2026-11-11T02:30:00Z'].map(Date.parse);
const now = second ?? 0;
const day: Day = { now: () => now, signal: new AbortController().signal };

let home: House;
let out: string;
beforeAll(async () => {
  home = await house({ sources: '  - { name: sample, type: file, paths: [listings.jsonl] }' });
  writeFileSync(join(home.folder, 'listings.jsonl'), listings.join('\n'));
  out = join(home.folder, 'public');
  await withApp(async (app) => {
    for (const at of [first ?? 0, now]) {
      const then = { ...day, now: () => at };
      await readSources(app, then);
      for (const digest of app.digests) {
        await makeEdition(app, then, { digest, editionDate: calendarDate(at, digest.zone) });
      }
      await makeViews(app, then);
    }
    await publishSite(app, day);
    await publishStatic(app, day, out);
  });
});
afterAll(() => home[Symbol.dispose]());

/** With few topics, so that it takes little time. */
async function withApp<T>(work: (app: App) => Promise<T>): Promise<T> {
  await using app = await home.open(now);
  const topics = app.site.topics.slice(0, 3);
  const digests = app.digests.map((digest) => ({ ...digest, topics: topics.map(({ key }) => key) }));
  return await work({ ...app, site: { ...app.site, topics }, digests });
}

/** Every file below the folder by its path, but the lists of publications. */
function published(folder: string): ReadonlyMap<string, string> {
  return new Map([...filesBelow(folder)].filter(([path]) => !/(^|\/)\.(published|bases)\.json$/.test(path)));
}

/** Which file each is, and when it was last written. */
function stamps(): ReadonlyMap<string, string> {
  return new Map(
    [...filesBelow(out).keys()].map((path) => {
      const { ino, mtimeMs } = statSync(join(out, path));
      return [path, `${ino} ${mtimeMs}`];
    }),
  );
}

describe('the static site', () => {
  it('holds, for every address, the bytes that the server answers', async () => {
    await withApp(async (app) => {
      const site = { ...app.site, hasOutbox: false, hasSearch: false, hasSignUp: false };
      await publishSite({ ...app, site }, day);
      const web = createWebApp({
        publishedDir: app.publishedDir,
        site,
        maxAgeSeconds: () => 900,
        latestEditionAt: async () => now,
        now: () => now,
        log: pino({ level: 'silent' }),
      });
      const { files } = await readPublished(app.publishedDir);
      expect([...(await readPublished(out)).files]).toEqual([...files]);
      expect(files.size).toBeGreaterThan(50);
      const encodings = [
        ['identity', ''],
        ['gzip', '.gz'],
        ['br', '.br'],
      ] as const;
      for (const [path, type] of files) {
        for (const [encoding, suffix] of isCompressible(type) ? encodings : encodings.slice(0, 1)) {
          const answer = await web.request(new URL(publishedPath(path), site.baseUrl).pathname, {
            headers: { 'Accept-Encoding': encoding },
          });
          const bytes = Buffer.from(await answer.arrayBuffer());
          expect([path, encoding, bytes.equals(readFileSync(join(out, path + suffix)))]).toEqual([
            path,
            encoding,
            true,
          ]);
        }
      }
    });
  });

  it('has every text beside itself in brotli and gzip, which give it back', () => {
    const page = readFileSync(join(out, 'index.html'));
    expect(gunzipSync(readFileSync(join(out, 'index.html.gz'))).equals(page)).toBe(true);
    expect(brotliDecompressSync(readFileSync(join(out, 'index.html.br'))).equals(page)).toBe(true);
  });

  it('tells GitHub Pages to build nothing, and shows nothing that needs the program', () => {
    expect(statSync(join(out, '.nojekyll')).size).toBe(0);
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    expect(page).not.toContain('outbox/');
    expect(page).not.toContain('<form');
  });

  it('is not touched when nothing is new', async () => {
    const [before, report] = await withApp(async (app) => {
      await publishStatic(app, day, out);
      return [stamps(), await publishStatic(app, day, out)];
    });
    expect(report).toMatchObject({ written: 0, removed: 0 });
    expect(before.size).toBeGreaterThan(100);
    expect(stamps()).toEqual(before);
  });

  it('mends what was lost or cut off', async () => {
    const whole = published(out);
    rmSync(join(out, 'index.html.br'));
    writeFileSync(join(out, 'feeds/all.xml'), '<?xml');
    await withApp((app) => publishStatic(app, day, out));
    expect(published(out)).toEqual(whole);
  });

  it('stands below any address: nothing in it leads elsewhere on its host', async () => {
    const below = join(home.folder, 'below');
    await withApp(async (app) => {
      const site = { ...app.site, baseUrl: 'https://someone.github.io/papers/' };
      await publishStatic({ ...app, site }, day, below);
    });
    const page = readFileSync(join(below, 'index.html'), 'utf8');
    const links = [...page.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !path?.startsWith('/papers/'))).toEqual([]);
    expect(readFileSync(join(below, 'feeds/all.xml'), 'utf8')).toContain(
      'https://someone.github.io/papers/feeds/all.xml',
    );
  });

  it('leaves a stone for what is gone, and the new content where a feed moved', async () => {
    const stones = join(home.folder, 'stones');
    await withApp(async (app) => {
      const [kept, ...removed] = app.site.topics;
      if (!kept) throw new Error('no topics');
      const renamed = { ...kept, key: 'renamed' };
      const gone = removed.at(-1)?.key ?? '';
      const site = { ...app.site, topics: [renamed, ...removed.slice(0, -1)] };
      const digests = app.digests.map((digest) => ({
        ...digest,
        topics: site.topics.map(({ key }) => key),
      }));
      const changed = { ...app, site, digests, moves: [{ from: `t/${kept.key}/`, to: 't/renamed/' }] };
      await publishSite(changed, day);
      await publishStatic(changed, day, stones);

      expect(readFileSync(join(stones, `t/${kept.key}/rss.xml`), 'utf8')).toBe(
        readFileSync(join(stones, 't/renamed/rss.xml'), 'utf8'),
      );
      expect(readFileSync(join(stones, `t/${kept.key}/index.html`), 'utf8')).toContain(
        `content="0; url=${site.baseUrl}t/renamed/"`,
      );
      expect(readFileSync(join(stones, `t/${gone}/index.html`), 'utf8')).toContain('removed for good');
      for (const [file, faults] of [
        ['rss.xml', rssFaults],
        ['atom.xml', atomFaults],
        ['feed.json', jsonFaults],
      ] as const) {
        const feed = readFileSync(join(stones, `t/${gone}/${file}`), 'utf8');
        expect(feed).toContain('This feed has ended');
        expect([file, faults(feed)]).toEqual([file, []]);
      }
      const before = published(stones);
      await publishStatic({ ...changed, moves: [] }, day, stones);
      expect(published(stones)).toEqual(before);
      await publishSite(app, day);
    });
  });

  it('is what "broadsheet publish --out" writes, and no dry run', () => {
    const cli = resolve(import.meta.dirname, '../../src/cli.ts');
    const publish = (...args: readonly string[]) =>
      spawnSync(process.execPath, [cli, '--config', home.config.file, 'publish', ...args], {
        encoding: 'utf8',
        cwd: home.folder,
      });
    const { status, stdout, stderr } = publish('--out', 'written');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^site: .*\nwritten: \d+ files written, 0 unchanged, 0 removed\n$/);
    expect(readFileSync(join(home.folder, 'written/index.html'), 'utf8')).toContain('</html>');
    const dry = publish('--out', 'dry', '--dry-run');
    expect([dry.status, dry.stdout]).toEqual([2, '']);
    expect(dry.stderr).toContain('--dry-run');
    expect(existsSync(join(home.folder, 'dry'))).toBe(false);
  });

  it('goes into no folder that holds something else', async () => {
    const foreign = join(home.folder, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.tex'), 'years of work');
    await withApp(async (app) => {
      await expect(publishStatic(app, day, foreign)).rejects.toThrow(UsageError);
      await expect(publishStatic(app, day, foreign)).rejects.toThrow(
        'such as thesis.tex. Choose an empty folder',
      );
      await expect(publishStatic(app, day, app.publishedDir)).rejects.toThrow(/is the folder that/);
    });
    expect([...filesBelow(foreign).keys()]).toEqual(['thesis.tex']);
  });
});
