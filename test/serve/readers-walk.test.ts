import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { isSuppressed } from '../../src/store/suppressions.ts';
import { tokens } from './reader-site.ts';
import { readersInBrowser, type ReadersInBrowser } from './readers-in-browser.ts';
import { accessibilityFaults, hasChromium, sidewaysScroll } from './site-in-browser.ts';

const ways = [
  ['a phone with scripts', { viewport: { width: 360, height: 740 }, javaScriptEnabled: true }],
  ['a phone without scripts', { viewport: { width: 320, height: 640 }, javaScriptEnabled: false }],
  ['a desktop with scripts', { viewport: { width: 1280, height: 900 }, javaScriptEnabled: true }],
  ['a desktop without scripts', { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }],
] as const;

describe.skipIf(!hasChromium)('a reader', () => {
  let readers: ReadersInBrowser;
  beforeAll(async () => {
    readers = await readersInBrowser({
      limits: { perAddressADay: 50, perClientAnHour: 500, totalAnHour: 5_000 },
    });
  }, 60_000);
  afterAll(async () => readers?.[Symbol.asyncDispose]());

  it.each(ways)(
    'on %s signs up, confirms, chooses, leaves, comes back, moves, exports and erases',
    async (way, options) => {
      const { site, url, mailedUrl } = readers;
      const { page, complaints } = await readers.open({ ...options, timezoneId: 'Asia/Tokyo' });
      const name = way.replaceAll(' ', '-');
      const [address, moved] = [`${name}@example.net`, `moved-${name}@example.net`];
      const press = async (button: string): Promise<void> => {
        await Promise.all([
          page.waitForLoadState('load'),
          page.getByRole('button', { name: button }).click(),
        ]);
      };
      const heading = async (): Promise<string> => page.locator('h1').innerText();
      const signUp = async (): Promise<void> => {
        await page.goto(url('subscribe/'));
        site.wait(5_000);
        await page.getByLabel('Your mail address').fill(address);
        await page.getByLabel('Get The Weekly').uncheck();
        await page.getByLabel('Retrieval').first().check();
        await page.getByLabel('At what time').selectOption('07:00');
        await press('Send me the confirmation');
        expect(await heading()).toBe('Please look into your mailbox');
        await page.goto(await mailedUrl());
        await press('I want to get these mails');
        expect(await heading()).toBe('You are subscribed');
      };

      await signUp();
      const zone = options.javaScriptEnabled ? 'Asia/Tokyo' : 'Etc/UTC';
      expect(await site.subscriber(address)).toMatchObject({
        hour: { minuteOfDay: 420, zone },
        subscriptions: [{ digest: 'daily', topics: ['retrieval'], state: 'confirmed' }],
      });

      await page.goto(url(site.preferencesPath(address)));
      await page.getByLabel('Vision').check();
      await page.getByLabel('How often').selectOption('weekdays');
      await page.getByLabel('Authors you follow').fill('Ada Example\nBo Sample');
      await press('Save');
      expect(await page.getByRole('status').innerText()).toContain('Saved');
      await press('Make my feed');
      expect(await page.locator('dd').first().innerText()).toContain('/rss.xml');
      expect(await site.subscriber(address)).toMatchObject({
        follows: { authors: ['Ada Example', 'Bo Sample'] },
        subscriptions: [{ topics: ['retrieval', 'vision'], cadence: 'weekdays' }],
      });

      const addressHash = tokens.addressHash(address);
      const unsubscribe = url(`u/${tokens.sign('unsubscribe', { digest: 'daily', addressHash })}`);
      await page.goto(unsubscribe);
      await page.getByLabel('Only the topic Vision').check();
      await press('Unsubscribe');
      expect(await page.locator('main').innerText()).toContain('comes without Vision');
      await page.goto(unsubscribe);
      await press('Unsubscribe');
      expect(await isSuppressed(site.db, addressHash, 'daily')).toBe(true);

      await signUp();
      expect(await isSuppressed(site.db, addressHash, 'daily')).toBe(false);

      await page.goto(url(site.preferencesPath(address)));
      await page.getByLabel('New mail address').fill(moved);
      await press('Change my address');
      await page.goto(await mailedUrl());
      expect(await page.locator('main').innerText()).toContain(moved);
      await press('Yes, this is my new address');
      await page.goto(await mailedUrl());
      await press('Yes, I want to get these mails here');
      expect(await heading()).toBe('Your address is changed');
      expect(await site.subscriber(moved)).toBeDefined();

      await page.goto(url(site.preferencesPath(moved)));
      await press('Mail me my data');
      await page.goto(await mailedUrl());
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Get the file' }).click(),
      ]);
      expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toMatchObject({
        subscriber: { address: moved },
      });

      await page.goto(url(site.preferencesPath(moved)));
      await press('Erase my data');
      await page.goto(await mailedUrl());
      await press('Erase everything');
      expect(await heading()).toBe('Everything about you is erased');
      expect(await site.subscriber(moved)).toBeUndefined();
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  it('finds pages without an accessibility fault in light and dark, that fit 320 pixels', async () => {
    const { site, url, mailedUrl } = readers;
    await site.join('axe@example.net', { digest: ['daily', 'weekly'], topic: [] });
    const addressHash = tokens.addressHash('axe@example.net');
    const preferences = site.preferencesPath('axe@example.net');
    await site.post(preferences, { do: 'feed' });
    await site.post(preferences, { do: 'erase' });
    const { page, complaints } = await readers.open({ viewport: { width: 320, height: 700 } });
    const look = async (what: string, at: Page): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await at.emulateMedia({ colorScheme });
        expect([what, colorScheme, await accessibilityFaults(at)]).toEqual([what, colorScheme, []]);
      }
      expect([what, await sidewaysScroll(at)]).toEqual([what, 0]);
    };
    const addresses: Readonly<Record<string, string>> = {
      'sign-up': url('subscribe/'),
      preferences: url(preferences),
      erase: await mailedUrl(),
      unsubscribe: url(`u/${tokens.sign('unsubscribe', { digest: 'daily', addressHash })}`),
      unknown: url('c/none'),
    };
    for (const [what, address] of Object.entries(addresses)) {
      await page.goto(address);
      await look(what, page);
    }
    await page.goto(url('subscribe/'));
    await page.getByLabel('Your mail address').fill('postmaster@example.net');
    await page.getByRole('button', { name: 'Send me the confirmation' }).click();
    await page.getByRole('alert').waitFor();
    await look('a fault', page);
    await page.goto(url(preferences));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('status').waitFor();
    await look('saved', page);
    // The browser itself notes that an answer was no 200.
    expect(complaints.filter((line) => !line.includes('status of 4'))).toEqual([]);
    await page.context().close();
  }, 60_000);
});

describe.skipIf(!hasChromium)('the calculation against robots', () => {
  it('is done by the page’s own script', async () => {
    await using readers = await readersInBrowser({ workBits: 10 });
    const { page } = await readers.open({});
    await page.goto(readers.url('subscribe/'));
    readers.site.wait(5_000);
    await page.getByLabel('Your mail address').fill('ada@example.net');
    await page.getByRole('button', { name: 'Send me the confirmation' }).click();
    await page.getByRole('heading', { name: 'Please look into your mailbox' }).waitFor();
    expect(await readers.site.deliver()).toMatchObject({ sent: 1 });
  }, 60_000);
});
