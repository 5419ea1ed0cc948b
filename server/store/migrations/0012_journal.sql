-- What was sent to a site, append-only, in the order of its commits: `seq` is that of the version row, `n` counts within it.
-- Rows name what they share by its key in the two dictionaries below. Of several rows with one id the first counts.
create table journal (
  site_id    text        not null collate "C",
  seq        bigint      not null,
  n          integer     not null,
  id         uuid        not null,
  type       item_type   not null,
  at         timestamptz not null,
  visitor_id bigint      not null,
  hostname   text        not null,
  page       text        not null,
  name       text        not null,
  value      double precision,
  props      jsonb,
  context_id bigint      not null,
  origin_id  bigint      not null,
  import_id  text,
  log_id     text,
  primary key (site_id, seq, n)
);

-- For rows of a time, which are near each other: a few bytes for each megabyte, and nothing for a row.
create index journal_at on journal using brin (at) with (pages_per_range = 32, autosummarize = on);

-- Requests of AI agents, in the same way.
create table fetch_journal (
  site_id      text        not null collate "C",
  seq          bigint      not null,
  n            integer     not null,
  id           uuid        not null,
  at           timestamptz not null,
  agent        text        not null,
  family       text        not null,
  category     text        not null,
  hostname     text        not null,
  path         text        not null,
  status       smallint    not null,
  content_type text        not null,
  response_ms  integer,
  bytes_served bigint,
  import_id    text,
  log_id       text,
  primary key (site_id, seq, n)
);

-- Where a visitor was and with what device. The key is 64 bits of an HMAC of the content: nobody can make two collide.
create table contexts (
  site_id    text   not null collate "C",
  context_id bigint not null,
  country    text   not null,
  region     text   not null,
  city       text   not null,
  lat        real,
  lon        real,
  device     text   not null,
  browser    text   not null,
  os         text   not null,
  language   text   not null,
  primary key (site_id, context_id)
);

-- Where a visitor came from, in the same way.
create table origins (
  site_id      text   not null collate "C",
  origin_id    bigint not null,
  referrer     text   not null,
  source       text   not null,
  channel      text   not null,
  ai_source    text   not null,
  utm_source   text   not null,
  utm_medium   text   not null,
  utm_campaign text   not null,
  utm_term     text   not null,
  utm_content  text   not null,
  primary key (site_id, origin_id)
);

alter table site_versions
  -- Key of the HMAC of the dictionaries.
  add column dictionary_key uuid not null default gen_random_uuid(),
  -- Moves when rows of the journal go away: who has read them reads all anew. A new row only moves `seq`.
  add column generation bigint not null default 0;
