import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from '../domain/site.ts';
import type { Instant } from '../domain/time.ts';
import { asError } from '../errors.ts';
import { isClosedFeed } from '../render/feed/paths.ts';
import type { Database } from '../store/database.ts';
import { announceTopics, type HubAudience, type HubTopic } from '../store/hub-topics.ts';
import { readPublished } from '../store/published-list.ts';
import { hostOf, isFeedType, topicUrl, type Hub } from './hub.ts';

/** How many feeds changed since they were announced last, or why that could not be stored. */
export type Announcement =
  | { readonly state: 'announced'; readonly changed: number }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Notes which published feeds changed since they were announced last, and that everybody concerned is to be told:
 * one message for each feed and listener, sent later by a worker. Call it when the files are live. It compares
 * with what the database says was announced, so nothing is forgotten by a crash before it, and a second call
 * changes nothing. No network; never throws, for a publication does not fail by it.
 */
export async function announceFeeds(publication: {
  readonly db: Database;
  readonly publishedDir: string;
  readonly site: Pick<Site, 'baseUrl'>;
  readonly hub: Hub;
  readonly now: Instant;
}): Promise<Announcement> {
  const { db, publishedDir, site, hub, now } = publication;
  try {
    const changed = await announceTopics(db, () => publishedTopics(publishedDir, site), audienceOf(hub), now);
    return { state: 'announced', changed };
  } catch (thrown) {
    return { state: 'failed', reason: asError(thrown).message };
  }
}

async function publishedTopics(
  publishedDir: string,
  site: Pick<Site, 'baseUrl'>,
): Promise<readonly HubTopic[]> {
  const topics: HubTopic[] = [];
  for (const [path, contentType] of (await readPublished(publishedDir)).files) {
    if (!isFeedType(contentType) || isClosedFeed(path)) continue;
    const contentHash = documentHash(await readFile(join(publishedDir, path)));
    topics.push({ topic: topicUrl(site, path), path, contentType, contentHash });
  }
  return topics;
}

/** Names the bytes of a document. */
export function documentHash(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url');
}

function audienceOf(hub: Hub): HubAudience {
  if (!hub.publishes) return { kind: 'nobody' };
  return hub.isOwn ? { kind: 'subscribers' } : { kind: 'hub', url: hub.url, host: hostOf(hub.url) };
}
