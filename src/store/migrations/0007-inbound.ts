import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Mail and provider events that come in: the raw bytes for ever, and what they say about an address. */
export const inbound: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table inbound_messages (
    id integer primary key,
    via text not null,
    received_at integer not null,
    envelope_to text not null,
    raw_hash text not null unique,
    raw blob not null,
    state text not null default 'new' check (state in ('new', 'done', 'unmatched', 'unread')),
    reason text,
    handled_at integer
  ) strict`,
  `create index inbound_messages_waiting on inbound_messages (id) where state = 'new'`,
  `create table bounce_events (
    id integer primary key,
    provider text not null,
    event_id text not null,
    delivery_id integer references deliveries (id),
    message_id integer references inbound_messages (id),
    address_hash text not null,
    kind text not null,
    reason text,
    status text,
    code integer,
    diagnostic text not null,
    happened_at integer not null,
    received_at integer not null,
    action text not null,
    unique (provider, event_id)
  ) strict`,
  `create index bounce_events_by_address on bounce_events (address_hash, happened_at)`,
  `create index bounce_events_by_delivery on bounce_events (delivery_id) where delivery_id is not null`,
  `create index bounce_events_by_time on bounce_events (received_at)`,
  `create index deliveries_by_message_id on deliveries (message_id)`,
  `create index deliveries_refused on deliveries (id) where state = 'rejected'`,
  `create table hook_nonces (
    provider text not null,
    nonce text not null,
    body_hash text not null,
    seen_at integer not null,
    primary key (provider, nonce)
  ) strict, without rowid`,
];
