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
  last_reply text,
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

CREATE TABLE revisions (
  id integer primary key,
  paper_id text not null references papers (id),
  source text not null,
  seen_at integer not null,
  from_version integer,
  to_version integer,
  fields text not null
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

CREATE TABLE suppressions (
  address_hash text not null,
  digest text not null,
  reason text not null,
  since_at integer not null,
  primary key (address_hash, digest)
) strict, without rowid;

CREATE INDEX aliases_by_paper on aliases (paper_id);

CREATE INDEX appearances_by_paper on appearances (paper_id);

CREATE INDEX appearances_news on appearances (first_seen_at) where is_news = 1;

CREATE INDEX appearances_said on appearances (source, paper_id, said_hash, is_news);

CREATE INDEX deliveries_open on deliveries (next_attempt_at, id) where state in ('pending', 'deferred', 'leased');

CREATE INDEX listings_by_date on listings (source, series, list_date) where health = 'ok';

CREATE INDEX listings_by_request on listings (source, request_key, id);

CREATE INDEX models_by_kind on models (kind, fitted_at);

CREATE INDEX papers_by_first_seen on papers (first_seen_at);

CREATE INDEX revisions_by_time on revisions (seen_at);
