import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type axe from 'axe-core';
import { pino } from 'pino';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Site } from '../../src/domain/site.ts';
import { editionHtml } from '../../src/render/feed/edition-html.ts';
import { renderFeeds } from '../../src/render/feed/publish.ts';
import { renderPages } from '../../src/render/web/pages.ts';
import { createWebApp } from '../../src/serve/app.ts';
import { searchPages } from '../../src/serve/search-pages.ts';
import { openDatabase } from '../../src/store/database.ts';
import { insertPapers } from '../../src/store/papers.ts';
import { writePublished } from '../../src/store/published.ts';
import { indexPapers } from '../../src/store/search-index.ts';
import { openSearcher } from '../../src/store/searcher.ts';
import { inputs } from '../render/web/sample-inputs.ts';
import { digests, editions, projectPages, site, today } from '../render/web/sample-site.ts';
import { editionPicks } from '../../src/domain/edition.ts';

export const chromiumPath = '/usr/bin/chromium';
export const hasChromium = existsSync(chromiumPath);
if (!hasChromium) console.warn(`skipped: what is looked at in a browser needs Chromium at ${chromiumPath}`);

/** As readers get it, with a search box and an outbox. */
export const shownSite: Site = { ...site, isSample: true, hasSearch: true };

const mail = [
  'From: desk@example.org',
  'To: Ada Example <ada@example.com>',
  'Subject: Tue 24 Nov',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<!doctype html><html lang="en"><title>Tue 24 Nov</title><main><h1 style="color:#111">Hello</h1></main></html>',
].join('\r\n');

/** A page of the browser, and what the browser said and asked for while it was open. */
export interface OpenPage {
  readonly page: Page;
  /** Lines of its console: a policy that was broken, a file that was not found. */
  readonly complaints: readonly string[];
  /** Requests that would have left the site's host; none of them did. */
  readonly strangers: readonly string[];
}

export interface SiteInBrowser extends AsyncDisposable {
  open(options: BrowserContextOptions): Promise<OpenPage>;
}

/** The sample site behind a browser that reaches nothing else. */
export async function siteInBrowser(): Promise<SiteInBrowser> {
  const dir = await mkdtemp(join(tmpdir(), 'broadsheet-browser-'));
  const [publishedDir, outboxDir] = [join(dir, 'site'), join(dir, 'outbox')];
  const pages = await projectPages();
  await writePublished(publishedDir, [
    ...renderPages(pages, shownSite, digests, editions, inputs),
    ...renderFeeds(
      shownSite,
      digests,
      editions,
      (edition) => editionHtml(shownSite, edition),
      '',
      inputs.trending,
    ),
  ]);
  await mkdir(outboxDir);
  await writeFile(join(outboxDir, 'one.eml'), mail);
  const db = await openDatabase(join(dir, 'broadsheet.db'));
  await insertPapers(
    db,
    editionPicks(today).map(({ paper }) => ({
      paper: { ...paper, keywords: [], firstSource: paper.source, origins: {} },
      textSource: paper.source,
    })),
  );
  await indexPapers(
    db,
    { basis: 'test', topicsOf: () => [], shown: (text) => text },
    new AbortController().signal,
  );
  const searcher = openSearcher(join(dir, 'broadsheet.db'));
  const app = createWebApp({
    publishedDir,
    site: shownSite,
    outbox: { dir: outboxDir, pages },
    search: searchPages({
      db,
      searcher,
      publishedDir,
      site: shownSite,
      pages,
      now: () => today.publishedAt,
    }),
    maxAgeSeconds: () => 300,
    latestEditionAt: async () => undefined,
    now: () => today.publishedAt,
    log: pino({ level: 'silent' }),
  });
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  const { host } = new URL(shownSite.baseUrl);
  return {
    async open(options) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const complaints: string[] = [];
      const strangers: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.route('**/*', async (route) => {
        const request = route.request();
        if (new URL(request.url()).host !== host) {
          strangers.push(request.url());
          return route.abort();
        }
        const answer = await app.request(request.url(), { headers: await request.allHeaders() });
        return route.fulfill({
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
          body: Buffer.from(await answer.arrayBuffer()),
        });
      });
      return { page, complaints, strangers };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await searcher[Symbol.asyncDispose]();
      await db.destroy();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

let axeSource: string | undefined;

/** The faults that axe finds on the page as it stands, by rule with their elements; of all rules, or only of contrast. */
export async function accessibilityFaults(
  page: Page,
  rules: 'all' | 'contrast' = 'all',
): Promise<readonly string[]> {
  axeSource ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  if (rules === 'all') await page.evaluate(axeSource);
  return page.evaluate(async (asked) => {
    const checker: typeof axe = Reflect.get(globalThis, 'axe');
    // The body of a mail is shown as it is, in a frame without scripts.
    const { violations } = await checker.run(
      { exclude: ['iframe'] },
      { iframes: false, ...(asked === 'contrast' && { runOnly: ['color-contrast'] }) },
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  }, rules);
}

/** By how many pixels the page is wider than its window. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => {
    const root = Reflect.get(globalThis, 'document').documentElement;
    return root.scrollWidth - root.clientWidth;
  });
}
