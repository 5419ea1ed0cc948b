-- An import goes on where it was cut short: done is how many records of its source are committed, dimensions are
-- those that its days have numbers by. left_out: {"overlap": 12, "malformed": 1}, faults: the first few, in words.
alter table imports
  drop constraint imports_state_check,
  add constraint imports_state_check check (state in ('running', 'done', 'failed', 'undone')),
  add column hash       text,
  add column done       bigint not null default 0,
  add column bytes      bigint not null default 0,
  add column size       bigint not null default 0,
  add column dimensions text[] not null default '{}',
  add column left_out   jsonb  not null default '{}',
  add column faults     jsonb  not null default '[]',
  add column error      text,
  -- When somebody was at it last: see server/imports.
  add column touched_at timestamptz not null default now();

-- The same file is one import, until that is undone.
create unique index imports_hash on imports (site_id, hash) where state <> 'undone';

-- Whose a day is: of one import. raw: its rows are items, and reports count them as those of visitors; else they are
-- sums, see imported_rollups. native: the site has items of its own on that day, which alone are shown.
create table imported_days (
  site_id   text    not null collate "C",
  day       date    not null,
  import_id text    not null,
  raw       boolean not null,
  native    boolean not null default false,
  primary key (site_id, day)
);

-- Sums of days that were taken over, as in rollups. bounces and duration_ms are null where the source does not have them.
create table imported_rollups (
  site_id     text    not null collate "C",
  import_id   text    not null collate "C",
  dimension   text    not null collate "C",
  day         date    not null,
  key         uuid    not null,
  value       text    not null,
  visitors    bigint  not null,
  visits      bigint  not null,
  bounces     bigint,
  duration_ms bigint,
  pageviews   bigint  not null,
  events      bigint  not null,
  primary key (site_id, import_id, dimension, day, key)
);

-- Which items and fetches an import brought. The others pay nothing for the indexes.
alter table items add column import_id text;
alter table ai_fetches add column import_id text;
create index items_imported on items (site_id, import_id, visitor_id) where import_id is not null;
create index ai_fetches_imported on ai_fetches (site_id, import_id) where import_id is not null;
