import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The hub: feeds as they were last announced, who subscribed to them, and what is still to be told to other servers. */
export const websub: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table hub_topics (
    topic text primary key,
    path text not null,
    content_type text not null,
    content_hash text not null,
    announced_at integer not null
  ) strict`,
  `create table hub_subscriptions (
    topic text not null,
    callback text not null,
    host text not null,
    secret text,
    subscribed_at integer not null,
    expires_at integer not null,
    delivered_hash text,
    primary key (topic, callback)
  ) strict, without rowid`,
  `create index hub_subscriptions_by_host on hub_subscriptions (host)`,
  `create index hub_subscriptions_by_end on hub_subscriptions (expires_at)`,
  `create table hub_messages (
    id integer primary key,
    lane text not null check (lane in ('intent', 'content', 'ping')),
    topic text not null,
    target text not null,
    host text not null,
    mode text check (mode in ('subscribe', 'unsubscribe', 'denied')),
    lease_seconds integer,
    secret text,
    reason text,
    content_hash text,
    attempts integer not null,
    next_attempt_at integer not null,
    lease_owner text,
    lease_until integer,
    lease_epoch integer not null,
    unique (lane, topic, target),
    check ((lane = 'intent') = (mode is not null)),
    check ((lane = 'intent') = (content_hash is null))
  ) strict`,
  `create index hub_messages_due on hub_messages (next_attempt_at, id)`,
];
