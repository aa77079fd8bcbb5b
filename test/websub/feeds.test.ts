import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseXmlDocument } from 'slimdom';
import { describe, expect, it } from 'vitest';
import { openApp } from '../../src/app.ts';
import { calendarDate } from '../../src/domain/time.ts';
import { siteHandler } from '../../src/cli/site.ts';
import { siteLine } from '../../src/cli/summary.ts';
import { publishSite, runDay } from '../../src/pipeline.ts';
import { renderFeeds } from '../../src/render/feed/publish.ts';
import { startServer } from '../../src/serve/server.ts';
import { isClosedFeed } from '../../src/render/feed/paths.ts';
import { readPublished, publishedFilePath } from '../../src/store/published-list.ts';
import { isFeedType, topicUrl } from '../../src/websub/hub.ts';
import { house, type House } from '../end-to-end/house.ts';
import { editionBefore, sampleDigest } from '../render/feed/feed-sample.ts';
import { sampleSite } from '../render/edition-sample.ts';
import { subscriberServer } from './subscriber-server.ts';

const hubUrl = 'https://hub.example.org/?a=1&b=2';

/** What a feed says of itself and its hub. */
function linksOf(contentType: string, text: string): { readonly self?: string; readonly hub?: string } {
  if (contentType.startsWith('application/feed+json')) {
    const { feed_url, hubs } = JSON.parse(text);
    return { self: feed_url, hub: hubs?.[0]?.url };
  }
  const root = parseXmlDocument(text).documentElement;
  const holder = root?.localName === 'rss' ? root.firstElementChild : root;
  const links = (holder?.children ?? []).filter(
    ({ namespaceURI, localName }) => namespaceURI === 'http://www.w3.org/2005/Atom' && localName === 'link',
  );
  const hrefOf = (rel: string) =>
    links
      .filter((link) => link.getAttribute('rel') === rel)
      .map((link) => link.getAttribute('href') ?? undefined);
  const [self, hub] = [hrefOf('self'), hrefOf('hub')];
  expect([self.length, hub.length <= 1]).toEqual([1, true]);
  return { ...(self[0] !== undefined && { self: self[0] }), ...(hub[0] !== undefined && { hub: hub[0] }) };
}

function feedsOf(site: typeof sampleSite) {
  const documents = renderFeeds(site, [sampleDigest], [editionBefore(0, 2)], () => '<p>Whole</p>');
  return documents.filter(({ contentType }) => isFeedType(contentType));
}

describe('every feed', () => {
  it('names its hub, and itself byte for byte as the topic, where there is a hub', () => {
    const feeds = feedsOf({ ...sampleSite, hubUrl });
    expect(feeds.length).toBeGreaterThanOrEqual(9);
    for (const { path, contentType, body } of feeds) {
      const topic = topicUrl(sampleSite, publishedFilePath(path) ?? '');
      expect(linksOf(contentType, String(body))).toEqual({ self: topic, hub: hubUrl });
    }
  });

  it('names none where there is none', () => {
    for (const { contentType, body } of feedsOf(sampleSite)) {
      expect(linksOf(contentType, String(body)).hub).toBeUndefined();
    }
  });
});

const now = Date.parse('2026-11-24T06:00:00Z');

/** A house that reads a file with one paper. */
async function houseWith(folder: string, hub: string): Promise<House> {
  const papers = join(folder, 'papers.jsonl');
  const paper = {
    id: 'arxiv:2611.00001',
    title: 'Agents that plan',
    abstract: 'An agent plans.',
    authors: ['Ada Example'],
  };
  await writeFile(papers, `${JSON.stringify(paper)}\n`);
  return await house({
    sources: `  - name: mine\n    type: file\n    paths: [${papers}]`,
    mail: `  transport: outbox\nwebsub:\n  hub: ${hub}`,
  });
}

describe('a day with a hub', () => {
  it('pings it once for each feed that goes on, whatever it answers to the publication, and not again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'broadsheet-feeds-'));
    await using server = await subscriberServer(() => ({ status: 204 }));
    using home = await houseWith(folder, server.url('/hub'));
    await using app = await openApp({ ...home.config, logLevel: 'silent' }, { now, clock: () => now });
    const day = { now: () => now, signal: new AbortController().signal };
    const slots = app.digests.map((digest) => ({ digest, editionDate: calendarDate(now, digest.zone) }));
    const { site } = await runDay(app, day, slots);
    const published = await readPublished(app.publishedDir);
    const feeds = [...published.files].filter(
      ([path, contentType]) => isFeedType(contentType) && !isClosedFeed(path),
    );
    expect(site.announcement).toEqual({ state: 'announced', changed: feeds.length });
    expect(siteLine(site)).toContain(`; ${feeds.length} feeds changed for the hub`);
    expect(server.received).toEqual([]);

    expect(await app.hub?.worker.workOff(day.signal)).toEqual({ pinged: feeds.length });
    const topics = server
      .posts('/hub')
      .map(({ body }) => new URLSearchParams(body.toString()).get('hub.url') ?? '');
    expect(topics.toSorted()).toEqual(feeds.map(([path]) => topicUrl(app.site, path)).toSorted());

    const again = await publishSite(app, day);
    expect(again.announcement).toEqual({ state: 'announced', changed: 0 });
    expect(siteLine(again)).not.toContain('hub');
    expect(await app.hub?.worker.workOff(day.signal)).toEqual({});
    await rm(folder, { recursive: true });
  });

  it('of its own takes subscriptions where the site is served, and sends them the feed that changes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'broadsheet-feeds-'));
    await using server = await subscriberServer();
    using home = await houseWith(folder, 'own\n  allowHosts: [127.0.0.1]');
    await using app = await openApp({ ...home.config, logLevel: 'silent' }, { now, clock: () => now });
    const day = { now: () => now, signal: new AbortController().signal };
    await publishSite(app, day);
    const topic = topicUrl(app.site, 'feeds/all.json');
    const body = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.callback': server.url('/in'),
      'hub.topic': topic,
    });
    const stop = new AbortController();
    const handler = siteHandler(app, day.now);
    const web = await startServer({ app: handler, host: '127.0.0.1', port: 0, signal: stop.signal });
    const { pathname } = new URL(`${app.site.baseUrl}hub`);
    const answer = await fetch(new URL(pathname, web.url), { method: 'POST', body });
    stop.abort();
    await web.closed;
    expect(answer.status).toBe(202);
    expect(await app.hub?.worker.workOff(day.signal)).toEqual({ subscribed: 1 });

    const slots = app.digests.map((digest) => ({ digest, editionDate: calendarDate(now, digest.zone) }));
    await runDay(app, day, slots);
    expect(await app.hub?.worker.workOff(day.signal)).toEqual({ delivered: 1 });
    const [post] = server.posts('/in');
    expect(linksOf('application/feed+json', post?.body.toString() ?? '')).toEqual({
      self: topic,
      hub: `${app.site.baseUrl}hub`,
    });
    expect(post?.body.toString()).toContain('Agents that plan');
    await rm(folder, { recursive: true });
  });
});
