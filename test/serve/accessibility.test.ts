import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityFaults,
  hasChromium,
  shownSite,
  sidewaysScroll,
  siteInBrowser,
  type OpenPage,
  type SiteInBrowser,
} from './site-in-browser.ts';

const kinds = [
  ['home', ''],
  ['edition', 'editions/daily/2026-11-24/'],
  ['empty edition', 'editions/daily/2026-10-31/'],
  ['week', 'week/2026-W48/'],
  ['month', 'month/2026-11/'],
  ['trending', 'trending/'],
  ['topics', 'topics/'],
  ['topic', 't/agents/'],
  ['topic without a pick', 't/audio/'],
  ['paper', 'p/arxiv/2611.11801/'],
  ['paper that only trends', 'p/arxiv/2611.04404/'],
  ['archive', 'archive/'],
  ['feeds', 'feeds/'],
  ['ranking', 'ranking/'],
  ['search', 'search?q=agents'],
  ['not found', '404.html'],
  ['outbox', 'outbox/'],
  ['mail', 'outbox/one.eml/'],
] as const;

describe.skipIf(!hasChromium)('in a browser', () => {
  let site: SiteInBrowser;
  let opened: OpenPage;

  beforeAll(async () => {
    site = await siteInBrowser();
    opened = await site.open({ viewport: { width: 320, height: 700 } });
  }, 30_000);

  afterAll(async () => site?.[Symbol.asyncDispose]());

  it.each(kinds)(
    'the %s page has no accessibility fault in light and dark, fits 320 pixels and keeps its own policy',
    async (_, path) => {
      const { page } = opened;
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(`${shownSite.baseUrl}${path}`);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await sidewaysScroll(page)).toBe(0);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await accessibilityFaults(page, 'contrast')).toEqual([]);
      expect(opened.complaints).toEqual([]);
      expect(opened.strangers).toEqual([]);
    },
    30_000,
  );
});
