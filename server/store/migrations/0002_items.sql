-- No foreign key leads to sites from here: a check of each row costs a quarter of a commit. The lock of
-- the site's version row, which every writer and the deletion of a site take first, says the same.
create type item_type as enum ('pageview', 'event', 'vital', 'engagement');

-- Visits as rows. A visit is a run of one visitor's items with gaps under 30 minutes; what it came
-- from, where and with what device are those of its first item. A visitor id lives for one day of
-- the site, so a visit never crosses midnight.
create table visits (
  site_id      text        not null collate "C",
  visit_id     uuid        not null,
  visitor_id   bigint      not null,
  -- The commit in which it was first stored: which visits are new since seq 17 has one exact answer,
  -- however late their items came.
  seq          bigint      not null,
  started_at   timestamptz not null,
  last_at      timestamptz not null,
  first_id     uuid        not null,
  pageviews    integer     not null,
  events       integer     not null,
  entry_at     timestamptz,
  entry_page   text        not null default '',
  exit_at      timestamptz,
  exit_page    text        not null default '',
  hostname     text        not null default '',
  referrer     text        not null default '',
  source       text        not null default '',
  channel      text        not null default '',
  ai_source    text        not null default '',
  utm_source   text        not null default '',
  utm_medium   text        not null default '',
  utm_campaign text        not null default '',
  utm_term     text        not null default '',
  utm_content  text        not null default '',
  country      text        not null default '',
  region       text        not null default '',
  city         text        not null default '',
  lat          real,
  lon          real,
  device       text        not null default '',
  browser      text        not null default '',
  os           text        not null default '',
  language     text        not null default '',
  primary key (site_id, visit_id)
) with (fillfactor = 80);

create index visits_started on visits (site_id, started_at);
create index visits_visitor on visits (site_id, visitor_id);
create index visits_seq on visits (site_id, seq);

create table items (
  site_id     text        not null collate "C",
  id          uuid        not null,
  type        item_type   not null,
  at          timestamptz not null,
  received_at timestamptz not null default now(),
  visitor_id  bigint      not null,
  visit_id    uuid,
  hostname    text        not null default '',
  page        text        not null default '',
  name        text        not null default '',
  value       double precision,
  props       jsonb,
  primary key (site_id, id)
);

create index items_at on items (site_id, at);
create index items_visitor on items (site_id, visitor_id, at);

create table ai_fetches (
  site_id      text        not null collate "C",
  id           uuid        not null,
  at           timestamptz not null,
  received_at  timestamptz not null default now(),
  agent        text        not null,
  family       text        not null,
  category     text        not null,
  hostname     text        not null default '',
  path         text        not null,
  status       smallint    not null,
  content_type text        not null default '',
  response_ms  integer,
  bytes_served bigint,
  primary key (site_id, id)
);

create index ai_fetches_at on ai_fetches (site_id, at);
