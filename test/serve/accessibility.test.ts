import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type axe from 'axe-core';
import type { Hono } from 'hono';
import { pino } from 'pino';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPages } from '../../src/render/web/pages.ts';
import { createWebApp } from '../../src/serve/app.ts';
import { writePublished } from '../../src/store/published.ts';
import { digests, editions, projectPages, site } from '../render/web/sample-site.ts';

const executablePath = '/usr/bin/chromium';
const hasChromium = existsSync(executablePath);
if (!hasChromium) console.warn(`skipped: the accessibility check needs Chromium at ${executablePath}`);

const kinds = [
  ['home', ''],
  ['edition', 'editions/daily/2026-11-24/'],
  ['empty edition', 'editions/daily/2026-10-31/'],
  ['topic', 't/agents/'],
  ['paper', 'p/arxiv/2611.11801/'],
  ['archive', 'archive/'],
  ['feeds', 'feeds/'],
  ['not found', '404.html'],
  ['outbox', 'outbox/'],
  ['mail', 'outbox/one.eml/'],
] as const;

const mail = [
  'From: desk@example.org',
  'To: Ada Example <ada@example.com>',
  'Subject: Tue 24 Nov',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<!doctype html><html lang="en"><title>Tue 24 Nov</title><main><h1 style="color:#111">Hello</h1></main></html>',
].join('\r\n');

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser;
  let axeSource: string;
  let dir: string;
  let app: Hono;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'accessibility-'));
    const [publishedDir, outboxDir] = [join(dir, 'site'), join(dir, 'outbox')];
    const sample = { ...site, isSample: true };
    const pages = await projectPages();
    await writePublished(publishedDir, renderPages(pages, sample, digests, editions));
    await mkdir(outboxDir);
    await writeFile(join(outboxDir, 'one.eml'), mail);
    app = createWebApp({
      publishedDir,
      site: sample,
      outbox: { dir: outboxDir, pages },
      maxAgeSeconds: () => 300,
      latestEditionAt: async () => undefined,
      sources: async () => [],
      now: () => 0,
      log: pino({ level: 'silent' }),
    });
    axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const cases = kinds.flatMap(([kind, path]) =>
    (['light', 'dark'] as const).map((scheme) => ({ kind, path, scheme })),
  );

  it.each(cases)(
    'the $kind page in $scheme has no accessibility fault, fits a phone and keeps its own policy',
    async ({ path, scheme }) => {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: scheme });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.route('**/*', async (route) => {
        const answer = await app.request(route.request().url());
        await route.fulfill({
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
          body: Buffer.from(await answer.arrayBuffer()),
        });
      });
      await page.goto(`${site.baseUrl}${path}`);
      await page.evaluate(axeSource);
      const { faults, overflow } = await page.evaluate(async () => {
        const checker: typeof axe = Reflect.get(globalThis, 'axe');
        // The body of a mail is shown as it is, in a frame without scripts.
        const { violations } = await checker.run({ exclude: ['iframe'] }, { iframes: false });
        const root = Reflect.get(globalThis, 'document').documentElement;
        return {
          faults: violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
          overflow: root.scrollWidth - root.clientWidth,
        };
      });
      await page.close();
      expect(faults).toEqual([]);
      expect(overflow).toBe(0);
      expect(complaints).toEqual([]);
    },
  );
});
