import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import { createWebApp } from '../../src/serve/app.ts';
import type { ReaderParts } from '../../src/serve/reader-parts.ts';
import { startServer } from '../../src/serve/server.ts';
import { writePublished } from '../../src/store/published.ts';
import { sampleSite } from '../render/edition-sample.ts';
import { openReaderSite, pages, pathIn, type ReaderSite } from './reader-site.ts';
import { chromiumPath } from './site-in-browser.ts';

/** The pages for readers on a real server, looked at by a real browser. */
export interface ReadersInBrowser extends AsyncDisposable {
  readonly site: ReaderSite;
  /** A page of a new visitor, and what the browser complained of meanwhile. */
  readonly open: (
    options: BrowserContextOptions,
  ) => Promise<{ readonly page: Page; readonly complaints: readonly string[] }>;
  /** The address of a path below the site. */
  readonly url: (path: string) => string;
  /** Sends what waits, and gives the address of the last mail's button. */
  readonly mailedUrl: () => Promise<string>;
}

export async function readersInBrowser(own: Partial<ReaderParts> = {}): Promise<ReadersInBrowser> {
  const site = await openReaderSite({ ...sampleSite, hasSignUp: true }, own);
  const publishedDir = await mkdtemp(join(tmpdir(), 'broadsheet-readers-site-'));
  await writePublished(publishedDir, [
    { path: 'style.css', contentType: 'text/css; charset=utf-8', body: pages.styleSheet },
    { path: 'icon.svg', contentType: 'image/svg+xml', body: pages.icon },
  ]);
  const app = createWebApp({
    publishedDir,
    site: sampleSite,
    unsubscribe: site.app,
    maxAgeSeconds: () => 300,
    latestEditionAt: async () => undefined,
    now: site.now,
    log: pino({ level: 'silent' }),
  });
  const stop = new AbortController();
  const server = await startServer({ app, host: '127.0.0.1', port: 0, signal: stop.signal });
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  const url = (path: string): string =>
    new URL(path.replace(/^\//, ''), `${server.url.slice(0, -1)}${new URL(sampleSite.baseUrl).pathname}`)
      .href;
  return {
    site,
    url,
    async open(options) {
      const context = await browser.newContext({ ...options, acceptDownloads: true });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      return { page, complaints };
    },
    async mailedUrl() {
      await site.deliver();
      return url(pathIn(site.mails.at(-1), sampleSite));
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      stop.abort();
      await server.closed;
      await site[Symbol.asyncDispose]();
      await rm(publishedDir, { recursive: true, force: true });
    },
  };
}
