CREATE TABLE alarm_messages (
  id integer primary key,
  channel text not null check (channel in ('mail', 'webhook')),
  body text not null,
  made_at integer not null,
  due_at integer not null,
  attempts integer not null default 0,
  state text not null default 'waiting'
    check (state in ('waiting', 'in-doubt', 'sent', 'failed', 'expired')),
  lease_owner text,
  lease_until integer
) strict;

CREATE TABLE aliases (
  alias text primary key,
  paper_id text not null references papers (id)
) strict, without rowid;

CREATE TABLE appearances (
  source text not null,
  paper_id text not null references papers (id),
  source_key text not null,
  is_news integer not null check (is_news in (0, 1)),
  has_votes integer not null check (has_votes in (0, 1)),
  list_date text not null,
  listed_at integer,
  seen_after integer,
  first_seen_at integer not null,
  said text not null, said_hash text,
  primary key (source, paper_id)
) strict, without rowid;

CREATE TABLE attempts (
  delivery_id integer not null references deliveries (id),
  lease_epoch integer not null,
  started_at integer not null,
  handed_over_at integer,
  ended_at integer,
  result text,
  code integer,
  reply text,
  primary key (delivery_id, lease_epoch)
) strict, without rowid;

CREATE TABLE audiences (
  edition_id integer primary key references editions (id),
  started_at integer not null,
  cursor text not null,
  counts text not null
) strict;

CREATE TABLE bounce_events (
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
) strict;

CREATE TABLE consents (
  id integer primary key,
  address_hash text not null,
  digest text not null,
  act text not null,
  at integer not null,
  way text not null,
  wording text,
  client_hash text
) strict;

CREATE TABLE deliveries (
  id integer primary key,
  edition_id integer not null references editions (id),
  digest text not null,
  address text not null,
  address_hash text not null,
  name text,
  topics text,
  state text not null check (state in
    ('pending', 'leased', 'in_doubt', 'accepted', 'deferred', 'rejected', 'expired', 'suppressed')),
  attempts integer not null,
  next_attempt_at integer not null,
  lease_owner text,
  lease_until integer,
  lease_epoch integer not null,
  message_id text not null unique,
  prepared_at integer not null,
  ended_at integer,
  last_code integer,
  last_reply text, domain_key text not null default '', resent_at integer, due_at integer, covers_from text, covers_to text, wish text,
  unique (edition_id, address_hash)
) strict;

CREATE TABLE editions (
  id integer primary key,
  digest text not null,
  edition_date text not null,
  number integer not null,
  published_at integer not null,
  prepared_at integer,
  content text not null,
  unique (digest, edition_date),
  unique (digest, number)
) strict;

CREATE TABLE former_facts (
  paper_id text not null references papers (id),
  until_at integer not null,
  facts text not null,
  primary key (paper_id, until_at)
) strict, without rowid;

CREATE TABLE hook_nonces (
  provider text not null,
  nonce text not null,
  body_hash text not null,
  seen_at integer not null,
  primary key (provider, nonce)
) strict, without rowid;

CREATE TABLE hub_messages (
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
) strict;

CREATE TABLE hub_subscriptions (
  topic text not null,
  callback text not null,
  host text not null,
  secret text,
  subscribed_at integer not null,
  expires_at integer not null,
  delivered_hash text,
  primary key (topic, callback)
) strict, without rowid;

CREATE TABLE hub_topics (
  topic text primary key,
  path text not null,
  content_type text not null,
  content_hash text not null,
  announced_at integer not null
) strict;

CREATE TABLE idempotency_keys (
  key_hash text primary key,
  fingerprint text not null,
  address_hash text not null,
  status integer not null,
  headers text not null,
  body text,
  answered_at integer not null
) strict, without rowid;

CREATE TABLE inbound_messages (
  id integer primary key,
  via text not null,
  received_at integer not null,
  envelope_to text not null,
  raw_hash text not null unique,
  raw blob not null,
  state text not null default 'new' check (state in ('new', 'done', 'unmatched', 'unread')),
  reason text,
  handled_at integer
) strict;

CREATE TABLE installation (
  key text primary key,
  value text not null
) strict;

CREATE TABLE listings (
  id integer primary key,
  source text not null,
  request_key text not null,
  series text not null,
  list_date text not null,
  read_at integer not null,
  quiet integer not null,
  announced integer not null,
  added integer not null,
  revised integer not null,
  unchanged integer not null,
  dropped text not null,
  etag text,
  last_modified text,
  body_hash text,
  health text not null check (health in ('ok', 'quiet', 'partial', 'stale')),
  ids_hash text not null
) strict;

CREATE TABLE mail_limits (
  name text not null primary key,
  tokens real not null,
  refilled_at integer not null,
  factor real not null,
  slowed_at integer not null,
  paused_until integer not null,
  strikes integer not null,
  day_at integer not null,
  used_today integer not null
) strict, without rowid;

CREATE TABLE models (
  id integer primary key,
  kind text not null,
  fitted_at integer not null,
  from_date text not null,
  to_date text not null,
  list_days integer not null,
  papers integer not null,
  body text not null
) strict;

CREATE TABLE notices (
  id integer primary key,
  kind text not null check (kind in ('confirm', 'link', 'change-old', 'change-new', 'export', 'erase')),
  request_id integer references requests (id) on delete cascade,
  address_hash text not null,
  asked_at integer not null,
  due_at integer not null,
  expires_at integer not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'in-doubt', 'sent', 'dropped', 'failed', 'expired')),
  attempts integer not null default 0,
  lease_until integer,
  lease_owner text
) strict;

CREATE TABLE paces (
  host_group text primary key,
  owner text not null,
  busy_until integer not null,
  next_at integer not null
) strict;

CREATE TABLE paper_facts (
  paper_id text primary key references papers (id),
  basis text not null,
  matches text not null,
  word_share real,
  chance real
) strict, without rowid;

CREATE TABLE papers (
  id text primary key,
  version integer,
  title text not null,
  abstract text not null,
  authors text not null,
  categories text not null,
  keywords text not null,
  links text not null,
  organization text,
  doi text,
  submitted_at integer,
  media_count integer,
  submitter_followers integer,
  first_seen_at integer not null,
  first_source text not null,
  text_source text not null,
  revised_at integer
  , comments text, withdrawn_at integer, origins text not null default '{}') strict;

CREATE TABLE picks (
  digest text not null,
  paper_id text not null references papers (id),
  edition_id integer not null references editions (id),
  topic text not null,
  primary key (digest, paper_id)
) strict, without rowid;

CREATE TABLE request_counts (
  subject text not null,
  window_at integer not null,
  count integer not null,
  primary key (subject, window_at)
) strict, without rowid;

CREATE TABLE requests (
  id integer primary key,
  kind text not null check (kind in ('sign-up', 'change-address')),
  address_hash text not null,
  new_address text not null,
  choice text not null default '{}',
  wording text,
  client_hash text,
  asked_at integer not null,
  expires_at integer not null,
  state text not null default 'open' check (state in ('open', 'agreed', 'done'))
) strict;

CREATE TABLE revisions (
  id integer primary key,
  paper_id text not null references papers (id),
  source text not null,
  seen_at integer not null,
  from_version integer,
  to_version integer,
  fields text not null
) strict;

CREATE VIRTUAL TABLE search_index using fts5(title, abstract, authors, labs, labels,
  content='', contentless_delete=1, tokenize='ascii');

CREATE TABLE 'search_index_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'search_index_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'search_index_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'search_index_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE search_papers (
  seq integer primary key autoincrement,
  paper_id text not null unique references papers (id),
  dated_on text not null,
  entry_second integer unique
) strict;

CREATE TABLE search_queue (
  place integer primary key,
  paper_id text not null
) strict;

CREATE TABLE search_state (
  id integer primary key check (id = 1),
  basis text not null,
  generation integer not null
) strict;

CREATE TABLE signals (
  paper_id text not null references papers (id),
  kind text not null,
  source text not null,
  counted_at integer not null,
  value integer not null check (value >= 0),
  primary key (paper_id, kind, source, counted_at)
) strict, without rowid;

CREATE TABLE slots (
  digest text not null,
  slot_at integer not null,
  slot_date text not null,
  owner text not null,
  lease_until integer not null,
  finished_at integer,
  outcome text,
  primary key (digest, slot_at)
) strict, without rowid;

CREATE TABLE source_states (
  source text primary key,
  state text not null check (state in ('ok', 'quiet', 'partial', 'stale', 'failed')),
  reason text,
  asked_at integer not null,
  last_ok_at integer
) strict;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE subscribers (
  id integer primary key,
  address text not null,
  address_hash text not null unique,
  name text,
  language text,
  zone text,
  minute_of_day integer check (minute_of_day between 0 and 1439),
  paused_until text,
  follows text not null default '{}',
  muted text not null default '[]',
  feed_key text unique,
  origin text not null check (origin in ('file', 'sign-up', 'import', 'operator')),
  created_at integer not null,
  changed_at integer not null,
  changed_by text not null check (changed_by in ('file', 'reader', 'import', 'operator'))
) strict;

CREATE TABLE "subscriptions" (
  subscriber_id integer not null references subscribers (id) on delete cascade,
  digest text not null,
  state text not null check (state in ('pending', 'confirmed', 'unsubscribed')),
  topics text,
  cadence text not null default 'every' check (cadence in ('every', 'weekdays', 'weekly', 'monthly')),
  changed_at integer not null,
  changed_by text not null check (changed_by in ('file', 'reader', 'import', 'operator')),
  primary key (subscriber_id, digest)
) strict, without rowid;

CREATE TABLE suppressions (
  address_hash text not null,
  digest text not null,
  reason text not null,
  since_at integer not null,
  primary key (address_hash, digest)
) strict, without rowid;

CREATE TABLE trending_entries (
  paper_id text primary key references papers (id),
  entered_at integer not null,
  edition_date text not null,
  entry_rank integer not null,
  pick text not null
) strict, without rowid;

CREATE TABLE troubles (
  id text primary key,
  seen_at integer not null,
  told_at integer
) strict, without rowid;

CREATE TABLE views (
  id integer primary key,
  kind text not null check (kind in ('week', 'month', 'trending')),
  period text not null,
  from_date text not null,
  to_date text not null,
  made_at integer not null,
  is_final integer not null check (is_final in (0, 1)),
  content text not null,
  unique (kind, period)
) strict;

CREATE INDEX alarm_messages_due on alarm_messages (due_at) where state = 'waiting';

CREATE INDEX aliases_by_paper on aliases (paper_id);

CREATE INDEX appearances_by_list_date on appearances (list_date, paper_id, has_votes, is_news, first_seen_at);

CREATE INDEX appearances_by_paper on appearances (paper_id);

CREATE INDEX appearances_news on appearances (first_seen_at) where is_news = 1;

CREATE INDEX appearances_said on appearances (source, paper_id, said_hash, is_news);

CREATE INDEX bounce_events_by_address on bounce_events (address_hash, happened_at);

CREATE INDEX bounce_events_by_delivery on bounce_events (delivery_id) where delivery_id is not null;

CREATE INDEX bounce_events_by_time on bounce_events (received_at);

CREATE INDEX consents_by_address on consents (address_hash, at);

CREATE INDEX deliveries_by_domain on deliveries (domain_key, next_attempt_at, id)
  where state in ('pending', 'deferred', 'leased');

CREATE INDEX deliveries_in_doubt on deliveries (id) where state = 'in_doubt';

CREATE INDEX deliveries_open on deliveries (next_attempt_at, id) where state in ('pending', 'deferred', 'leased');

CREATE INDEX deliveries_refused on deliveries (id) where state = 'rejected';

CREATE INDEX hub_messages_due on hub_messages (next_attempt_at, id);

CREATE INDEX hub_subscriptions_by_end on hub_subscriptions (expires_at);

CREATE INDEX hub_subscriptions_by_host on hub_subscriptions (host);

CREATE INDEX idempotency_keys_by_address on idempotency_keys (address_hash);

CREATE INDEX idempotency_keys_by_time on idempotency_keys (answered_at);

CREATE INDEX inbound_messages_waiting on inbound_messages (id) where state = 'new';

CREATE INDEX listings_by_date on listings (source, series, list_date) where health = 'ok';

CREATE INDEX listings_by_request on listings (source, request_key, id);

CREATE INDEX models_by_kind on models (kind, fitted_at);

CREATE INDEX notices_by_address on notices (address_hash);

CREATE INDEX notices_by_request on notices (request_id);

CREATE INDEX notices_due on notices (due_at) where state = 'waiting';

CREATE INDEX papers_by_first_seen on papers (first_seen_at);

CREATE INDEX requests_by_address on requests (address_hash);

CREATE INDEX requests_by_expiry on requests (expires_at);

CREATE INDEX revisions_by_time on revisions (seen_at);

CREATE INDEX subscriptions_by_digest on subscriptions (digest, state, subscriber_id);

CREATE INDEX trending_entries_by_time on trending_entries (entered_at desc, entry_rank, paper_id);
