import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayMs } from '../../src/domain/time.ts';
import { consentsOf } from '../../src/store/consents.ts';
import { isSuppressed, suppress, suppressionsOf } from '../../src/store/suppressions.ts';
import { sampleSite } from '../render/edition-sample.ts';
import { openReaderSite, pathIn, tokens, unquoted, type ReaderSite } from './reader-site.ts';

let site: ReaderSite;
beforeEach(async () => {
  site = await openReaderSite(sampleSite);
});
afterEach(() => site[Symbol.asyncDispose]());

const ada = 'ada@example.net';
const hashOf = (address: string): string => tokens.addressHash(address);
const textOf = async (answer: Response | Promise<Response>): Promise<string> => (await answer).text();
const lastPath = (): string => pathIn(site.mails.at(-1), sampleSite);
const no = (address: string, reason: string, digest = '*'): Promise<void> =>
  suppress(site.db, { addressHash: hashOf(address), digest, reason, now: site.now() });

describe('the preferences page', () => {
  const wish = {
    do: 'save',
    topic: ['daily/retrieval'],
    'cadence-daily': 'weekdays',
    hour: '06:00',
    zone: 'Asia/Tokyo',
    pause: '2026-12-24',
    authors: 'Ada Example\nBo Sample\n\nAda Example',
    labs: 'Example Institute',
    words: 'tool use',
    muted: 'survey',
  };

  it('stores what was chosen as the reader’s own word', async () => {
    await site.join(ada);
    expect(await textOf(site.post(site.preferencesPath(ada), wish))).toContain('Saved');
    expect(await site.subscriber(ada)).toMatchObject({
      hour: { minuteOfDay: 360, zone: 'Asia/Tokyo' },
      pausedUntil: '2026-12-24',
      follows: { authors: ['Ada Example', 'Bo Sample'], labs: ['Example Institute'], words: ['tool use'] },
      muted: ['survey'],
      changedBy: 'reader',
      subscriptions: [{ topics: ['retrieval'], cadence: 'weekdays', changedBy: 'reader' }],
    });
  });

  it('shows neither address nor name, whatever the mail with its link is forwarded to', async () => {
    await site.join(ada);
    await site.db.updateTable('subscribers').set({ name: 'Ada Example' }).execute();
    const html = await textOf(site.get(site.preferencesPath(ada)));
    expect(html).not.toContain('ada@');
    expect(html).not.toContain('Ada Example');
  });

  it('begins no subscription', async () => {
    await site.join(ada);
    await site.post(site.preferencesPath(ada), { ...wish, topic: ['daily/agents', 'weekly/agents'] });
    expect((await site.subscriber(ada))?.subscriptions).toHaveLength(1);
  });

  it('escapes what was typed into it', async () => {
    await site.join(ada);
    await site.post(site.preferencesPath(ada), { ...wish, muted: '</textarea><script>alert(1)</script>' });
    expect(await textOf(site.get(site.preferencesPath(ada)))).not.toContain('<script');
  });

  it('neither exports, erases nor changes the address by itself', async () => {
    await site.join(ada);
    const before = await site.subscriber(ada);
    for (const action of ['export', 'erase', 'change-address']) {
      const html = await textOf(
        site.post(site.preferencesPath(ada), { do: action, address: 'thief@example.net' }),
      );
      expect(html).toContain('A mail is on its way');
      expect(html).not.toContain('ada@');
    }
    expect(await site.subscriber(ada)).toEqual(before);
    const count = site.mails.length;
    await site.deliver();
    expect(site.mails.slice(count).map(({ to }) => to)).toEqual([ada, ada, ada]);
  });

  it('says that there is nothing to choose after an erasure, and to nobody', async () => {
    expect(await textOf(site.get(site.preferencesPath('stranger@example.net')))).toContain(
      'nothing to choose',
    );
  });
});

describe('a changed address', () => {
  const augusta = 'augusta@example.org';

  it('is confirmed at the old end, then at the new one, and takes everything along', async () => {
    await site.join(ada, { topic: 'daily/vision' });
    await site.post(site.preferencesPath(ada), { do: 'change-address', address: augusta });
    await site.deliver();
    expect(site.mails.at(-1)?.to).toBe(ada);
    expect(unquoted(Buffer.from(site.mails.at(-1)?.raw ?? '').toString())).not.toContain(augusta);
    const oldEnd = lastPath();
    expect(await textOf(site.get(oldEnd))).toContain(augusta);
    await site.post(oldEnd, {});
    expect(await site.subscriber(ada)).toBeDefined();

    await site.deliver();
    expect(site.mails.at(-1)?.to).toBe(augusta);
    const newEnd = lastPath();
    expect(await textOf(site.post(newEnd, {}))).toContain('Your address is changed');
    expect(await site.subscriber(ada)).toBeUndefined();
    expect(await site.subscriber(augusta)).toMatchObject({
      address: augusta,
      subscriptions: [{ digest: 'daily', state: 'confirmed', topics: ['vision'] }],
    });
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(true);
    expect(await isSuppressed(site.db, hashOf(augusta), 'daily')).toBe(false);
  });

  it('does not happen when the old end says nothing, and nothing goes to the new one', async () => {
    await site.join(ada);
    await site.post(site.preferencesPath(ada), { do: 'change-address', address: augusta });
    await site.deliver();
    await site.deliver();
    expect(site.mails.some(({ to }) => to === augusta)).toBe(false);
  });

  it('brings back no digest that its reader left by mail', async () => {
    await site.join(ada);
    await no(ada, 'unsubscribed', 'daily');
    await site.post(site.preferencesPath(ada), { do: 'change-address', address: augusta });
    await site.deliver();
    await site.post(lastPath(), {});
    await site.deliver();
    await site.post(lastPath(), {});
    expect((await site.subscriber(augusta))?.subscriptions).toMatchObject([
      { digest: 'daily', state: 'unsubscribed' },
    ]);
    expect(await consentsOf(site.db, hashOf(augusta))).toEqual([]);
  });

  it('is refused where the new address is subscribed itself or complained', async () => {
    await site.join(augusta);
    await site.join(ada);
    await site.post(site.preferencesPath(ada), { do: 'change-address', address: augusta });
    await site.deliver();
    await site.post(lastPath(), {});
    await site.deliver();
    const path = lastPath();
    expect(await textOf(site.post(path, {}))).toContain('subscribed already');
    expect(await site.subscriber(ada)).toBeDefined();
  });
});

describe('the own data', () => {
  it('comes as JSON behind a mailed link and a button', async () => {
    await site.join(ada, { topic: 'daily/agents' });
    await site.post(site.preferencesPath(ada), { do: 'export' });
    await site.deliver();
    const path = lastPath();
    expect(await textOf(site.get(path))).not.toContain('ada@');
    const answer = await site.post(path, {});
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    expect(await answer.json()).toMatchObject({
      subscriber: { address: ada },
      subscriptions: [{ digest: 'daily', topics: ['agents'] }],
      consents: [{ act: 'asked' }, { act: 'confirmed' }],
    });
  });

  it('is erased behind a mailed link and a button, and leaves a keyed hash and nothing else', async () => {
    await site.join(ada);
    await site.post(site.preferencesPath(ada), { do: 'erase' });
    await site.deliver();
    const path = lastPath();
    expect(await textOf(site.post(path, {}))).toContain('is erased');
    for (const table of ['subscribers', 'subscriptions', 'consents', 'requests', 'notices'] as const) {
      expect([table, await site.db.selectFrom(table).selectAll().execute()]).toEqual([table, []]);
    }
    expect(await suppressionsOf(site.db, hashOf(ada))).toMatchObject([{ digest: '*', reason: 'erased' }]);
    for (const old of [path, site.preferencesPath(ada)]) {
      const html = await textOf(site.post(old, { do: 'feed' }));
      expect(html).toMatch(/no longer valid|nothing to choose/);
    }
  });

  it('that was erased comes back by the owner’s own new yes', async () => {
    await site.join(ada);
    await no(ada, 'erased');
    await site.join(ada);
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(false);
  });

  it('links work for a day', async () => {
    await site.join(ada);
    await site.post(site.preferencesPath(ada), { do: 'erase' });
    await site.deliver();
    site.wait(dayMs);
    expect((await site.post(lastPath(), {})).status).toBe(410);
    expect(await site.subscriber(ada)).toBeDefined();
  });
});

describe('leaving by the link of a mail', () => {
  const unsubscribe = (address: string): string =>
    `/u/${tokens.sign('unsubscribe', { digest: 'daily', addressHash: hashOf(address) })}`;

  it('offers one topic, the digest and everything', async () => {
    await site.join(ada);
    const html = await textOf(site.get(unsubscribe(ada)));
    expect([...html.matchAll(/name="choice" value="([^"]+)"/g)].map(([, value]) => value)).toEqual([
      'digest',
      'topic/agents',
      'topic/retrieval',
      'topic/vision',
      'everything',
    ]);
    expect(html).not.toContain('ada@');
  });

  it('leaves one topic, and with the last one the digest', async () => {
    await site.join(ada, { topic: ['daily/agents', 'daily/vision'] });
    await site.post(unsubscribe(ada), { choice: 'topic/agents' });
    expect(await site.subscriber(ada)).toMatchObject({
      subscriptions: [{ topics: ['vision'], state: 'confirmed' }],
    });
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(false);
    await site.post(unsubscribe(ada), { choice: 'topic/vision' });
    expect(await isSuppressed(site.db, hashOf(ada), 'daily')).toBe(true);
  });

  it('leaves everything', async () => {
    await site.join(ada, { digest: ['daily', 'weekly'] });
    await site.post(unsubscribe(ada), { choice: 'everything' });
    expect(await isSuppressed(site.db, hashOf(ada), 'weekly')).toBe(true);
    expect(await site.subscriber(ada)).toMatchObject({
      subscriptions: [{ state: 'unsubscribed' }, { state: 'unsubscribed' }],
    });
  });

  it('keeps one proof however often the button is used', async () => {
    await site.join(ada);
    for (let round = 0; round < 3; round += 1)
      await site.post(unsubscribe(ada), { 'List-Unsubscribe': 'One-Click' });
    const left = (await consentsOf(site.db, hashOf(ada))).filter(({ act }) => act === 'left');
    expect(left).toMatchObject([{ digest: 'daily', way: 'one-click' }]);
  });
});
