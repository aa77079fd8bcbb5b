import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedDocument } from '../../../src/domain/site.ts';
import { renderPages } from '../../../src/render/web/pages.ts';
import { digests, editions, projectPages, site } from './sample-site.ts';

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
] as const;

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser;
  let axeSource: string;
  let documents: ReadonlyMap<string, PublishedDocument>;

  beforeAll(async () => {
    const made = renderPages(await projectPages(), { ...site, isSample: true }, digests, editions);
    documents = new Map(made.map((document) => [`/daily/${document.path}`, document]));
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

  afterAll(() => browser?.close());

  const cases = kinds.flatMap(([kind, path]) =>
    (['light', 'dark'] as const).map((scheme) => ({ kind, path, scheme })),
  );

  it.each(cases)(
    'the $kind page in $scheme has no accessibility fault and fits a phone',
    async ({ path, scheme }) => {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: scheme });
      const missing: string[] = [];
      await page.route('**/*', async (route) => {
        const { pathname } = new URL(route.request().url());
        const document = documents.get(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
        if (!document) missing.push(route.request().url());
        await route.fulfill(
          document
            ? { contentType: document.contentType, body: String(document.body) }
            : { status: 404, body: '' },
        );
      });
      await page.goto(`${site.baseUrl}${path}`);
      await page.evaluate(axeSource);
      const { faults, overflow } = await page.evaluate(async () => {
        const checker: typeof axe = Reflect.get(globalThis, 'axe');
        const { violations } = await checker.run();
        const root = Reflect.get(globalThis, 'document').documentElement;
        return {
          faults: violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
          overflow: root.scrollWidth - root.clientWidth,
        };
      });
      await page.close();
      expect(faults).toEqual([]);
      expect(overflow).toBe(0);
      expect(missing).toEqual([]);
    },
  );
});
