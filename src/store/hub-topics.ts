import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import type { Database, Queryable } from './database.ts';
import { storeIntent } from './hub-messages.ts';

/** A published feed as the hub knows it. */
export interface HubTopic {
  /** The feed's absolute address, byte for byte as the feed names itself. */
  readonly topic: string;
  /** Its file below the published folder. */
  readonly path: string;
  readonly contentType: string;
  readonly contentHash: string;
}

/** Who is told of a changed feed: those who subscribed here, another's hub, or nobody. */
export type HubAudience =
  | { readonly kind: 'subscribers' }
  | { readonly kind: 'hub'; readonly url: string; readonly host: string }
  | { readonly kind: 'nobody' };

/** The topic of this address; undefined when no published feed has it. */
export async function topicAt(db: Queryable, topic: string): Promise<HubTopic | undefined> {
  const row = await db
    .selectFrom('hub_topics')
    .select(['topic', 'path', 'content_type', 'content_hash'])
    .where('topic', '=', topic)
    .executeTakeFirst();
  return (
    row && {
      topic: row.topic,
      path: row.path,
      contentType: row.content_type,
      contentHash: row.content_hash,
    }
  );
}

/**
 * The feeds are those that `read` tells now: each that changed since it was announced last leaves one message for
 * everybody of the audience, in the transaction that notes it as announced. So a change is told once, however
 * many processes publish, and none is forgotten in a crash. They are read inside the transaction, so that a slow process
 * does not announce what a faster one has replaced; on PostgreSQL that needs a lock on the table first. Subscribers
 * of a feed that is gone are told so.
 * Resolves with how many feeds changed.
 */
export async function announceTopics(
  db: Database,
  read: () => Promise<readonly HubTopic[]>,
  audience: HubAudience,
  now: Instant,
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const topics = await read();
    const rows = await transaction.selectFrom('hub_topics').select(['topic', 'content_hash']).execute();
    const known = new Map(rows.map((row) => [row.topic, row.content_hash]));
    await dropPings(transaction, audience.kind === 'hub' ? audience.url : undefined);
    const changed = topics.filter(({ topic, contentHash }) => known.get(topic) !== contentHash);
    for (const one of changed) {
      await noteAnnounced(transaction, one, now);
      if (audience.kind === 'hub') await addPing(transaction, one, audience, now);
      if (audience.kind === 'subscribers') await addContents(transaction, one, now);
    }
    const published = new Set(topics.map(({ topic }) => topic));
    for (const topic of known.keys()) {
      if (!published.has(topic)) await withdrawTopic(transaction, topic, now);
    }
    return changed.length;
  });
}

async function noteAnnounced(
  db: Queryable,
  { topic, path, contentType, contentHash }: HubTopic,
  now: Instant,
): Promise<void> {
  const facts = { path, content_type: contentType, content_hash: contentHash, announced_at: now };
  await db
    .insertInto('hub_topics')
    .values({ topic, ...facts })
    .onConflict((conflict) => conflict.column('topic').doUpdateSet(facts))
    .execute();
}

/** Pings for another hub than the one in use mean nothing any more. */
async function dropPings(db: Queryable, hubInUse: string | undefined): Promise<void> {
  let pings = db.deleteFrom('hub_messages').where('lane', '=', 'ping');
  if (hubInUse !== undefined) pings = pings.where('target', '<>', hubInUse);
  await pings.execute();
}

async function addPing(
  db: Queryable,
  { topic, contentHash }: HubTopic,
  hub: { readonly url: string; readonly host: string },
  now: Instant,
): Promise<void> {
  const wanted = { content_hash: contentHash, attempts: 0, next_attempt_at: now };
  await db
    .insertInto('hub_messages')
    .values({ lane: 'ping', topic, target: hub.url, host: hub.host, lease_epoch: 0, ...wanted })
    .onConflict((conflict) => conflict.columns(['lane', 'topic', 'target']).doUpdateSet(wanted))
    .execute();
}

/** One message for each subscriber whose lease holds. The lease of one under way stays: it sees that its feed changed. */
async function addContents(db: Queryable, { topic, contentHash }: HubTopic, now: Instant): Promise<void> {
  await sql`
    insert into hub_messages (lane, topic, target, host, content_hash, attempts, next_attempt_at, lease_epoch)
    select 'content', topic, callback, host, cast(${contentHash} as text), 0, cast(${now} as bigint), 0 from hub_subscriptions
    where topic = ${topic} and expires_at > ${now}
    on conflict (lane, topic, target) do update
    set content_hash = excluded.content_hash, attempts = 0, next_attempt_at = excluded.next_attempt_at`.execute(
    db,
  );
}

/** Nobody can subscribe to it any more; who did is told (W3C WebSub section 5.2: at any time). */
async function withdrawTopic(db: Queryable, topic: string, now: Instant): Promise<void> {
  await db.deleteFrom('hub_topics').where('topic', '=', topic).execute();
  await db.deleteFrom('hub_messages').where('topic', '=', topic).where('lane', '<>', 'intent').execute();
  const ended = await db
    .deleteFrom('hub_subscriptions')
    .where('topic', '=', topic)
    .returning(['callback', 'host', 'expires_at'])
    .execute();
  for (const { callback, host, expires_at } of ended) {
    if (expires_at <= now) continue;
    const reason = 'This feed is not published any more.';
    await storeIntent(db, { topic, callback, host }, { kind: 'denied', reason }, now);
  }
}
