import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityFaults,
  hasChromium,
  shownSite,
  sidewaysScroll,
  siteInBrowser,
  type SiteInBrowser,
} from './site-in-browser.ts';

/** A reader's way through the site: the link to follow on the page before, and the heading of the page it leads to. */
const way: readonly { readonly link: string; readonly heading: string }[] = [
  { link: 'nav.pages >> text=Today', heading: 'The Morning Preprint' },
  { link: 'main .date a', heading: 'Tuesday, 24 November 2026' },
  { link: 'nav.pages >> text=Week', heading: 'Week 48, 2026' },
  { link: 'main a[rel=prev]', heading: 'Week 47, 2026' },
  { link: 'nav.pages >> text=Month', heading: 'November 2026' },
  { link: 'nav.pages >> text=Trending', heading: 'Trending' },
  { link: 'nav.pages >> text=Topics', heading: 'Topics' },
  { link: 'main >> text="Agents and tool use"', heading: 'Agents and tool use' },
  {
    link: 'main .card h3 a >> nth=0',
    heading: 'Agents That Rehearse: Planning Tool Use Before Touching the World',
  },
  { link: 'nav.pages >> text=Archive', heading: 'Archive' },
  { link: 'main .calendar td a >> nth=0', heading: 'Saturday, 21 November 2026' },
  { link: 'nav.pages >> text=Feeds', heading: 'Feeds' },
];

const walks = [
  {
    name: 'a phone, light, without scripts',
    width: 375,
    height: 812,
    colorScheme: 'light',
    javaScriptEnabled: false,
  },
  { name: 'a phone, dark', width: 375, height: 812, colorScheme: 'dark', javaScriptEnabled: true },
  {
    name: 'a desktop, dark, without scripts',
    width: 1280,
    height: 900,
    colorScheme: 'dark',
    javaScriptEnabled: false,
  },
  { name: 'a desktop, light', width: 1280, height: 900, colorScheme: 'light', javaScriptEnabled: true },
] as const;

describe.skipIf(!hasChromium)('a walk through the site', () => {
  let site: SiteInBrowser;

  beforeAll(async () => {
    site = await siteInBrowser();
  }, 30_000);

  afterAll(async () => site?.[Symbol.asyncDispose]());

  it.each(walks)(
    'on $name finds every page by its links, and stays on the host',
    async ({ width, height, colorScheme, javaScriptEnabled }) => {
      const { page, complaints, strangers } = await site.open({
        viewport: { width, height },
        colorScheme,
        javaScriptEnabled,
      });
      await page.goto(shownSite.baseUrl);
      for (const { link, heading } of way) {
        await page.click(link);
        expect(await headingOf(page)).toBe(heading);
        expect([heading, await sidewaysScroll(page)]).toEqual([heading, 0]);
        // Narrow windows are looked at in accessibility.test.ts.
        if (javaScriptEnabled && width > 1000)
          expect([heading, await accessibilityFaults(page)]).toEqual([heading, []]);
      }
      await page.fill('.search-box input', 'rehearse');
      await page.press('.search-box input', 'Enter');
      expect(new URL(page.url()).pathname).toBe('/daily/search');
      expect(await page.textContent('main')).toContain('Agents That Rehearse');
      expect(await sidewaysScroll(page)).toBe(0);
      await page.context().close();
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
    },
    60_000,
  );

  it('with the keyboard alone shows where one is, from the first link on', async () => {
    const { page } = await site.open({ viewport: { width: 1280, height: 900 } });
    await page.goto(shownSite.baseUrl);
    const seen: string[] = [];
    for (let place = 0; place < 14; place += 1) {
      await page.keyboard.press('Tab');
      const { name, outline, isInside } = await focused(page);
      expect([name, outline, isInside]).toEqual([name, 'solid', true]);
      seen.push(name);
    }
    await page.context().close();
    expect(seen.slice(0, 4)).toEqual(['Skip to the content', 'The Morning Preprint', 'Today', 'Week']);
    expect(seen).toContain('Search');
  }, 15_000);

  it('on paper leaves out what only a screen can use, and fits the sheet', async () => {
    const { page } = await site.open({ viewport: { width: 720, height: 1000 } });
    await page.goto(`${shownSite.baseUrl}editions/daily/2026-11-24/`);
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.pages', '.search-box', '.contents', '.neighbours']) {
      expect([hidden, await page.isVisible(hidden)]).toEqual([hidden, false]);
    }
    expect(await page.isVisible('main .card h3')).toBe(true);
    expect(await sidewaysScroll(page)).toBe(0);
    await page.context().close();
  }, 15_000);
});

async function headingOf(page: Page): Promise<string> {
  return ((await page.textContent('h1')) ?? '').trim();
}

async function focused(page: Page): Promise<{ name: string; outline: string; isInside: boolean }> {
  return page.evaluate(() => {
    const view = Reflect.get(globalThis, 'window');
    const element = view.document.activeElement;
    const box = element.getBoundingClientRect();
    return {
      name: (element.textContent || element.name).trim(),
      outline: view.getComputedStyle(element).outlineStyle,
      isInside: box.width > 0 && box.top >= 0 && box.bottom <= view.innerHeight && box.left >= 0,
    };
  });
}
