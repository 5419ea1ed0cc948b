-- What a site counts as a conversion: a view of a page (`*` is a wildcard), or an event whose properties
-- have given values. conditions: [{"property": "plan", "value": "pro*", "like": "pro%"}, …]
create table goals (
  site_id      text        not null collate "C" references sites on delete cascade,
  goal_id      text        not null,
  name         text        not null,
  type         text        not null check (type in ('page', 'event')),
  pattern      text        not null,
  -- The pattern as `like` takes it.
  pattern_like text        not null,
  conditions   jsonb       not null default '[]',
  value        numeric,
  created_at   timestamptz not null default now(),
  primary key (site_id, goal_id),
  unique (site_id, name)
);

-- Numbers of each day of a site, by the values of each dimension: see store/rollup.ts. The key of a
-- value is its hash, as a value may be longer than an index takes.
create table rollups (
  site_id     text    not null collate "C",
  dimension   text    not null collate "C",
  day         date    not null,
  key         uuid    not null,
  value       text    not null,
  visitors    integer not null,
  visits      integer not null,
  bounces     integer not null,
  duration_ms bigint  not null,
  pageviews   integer not null,
  events      integer not null,
  primary key (site_id, dimension, day, key)
) with (fillfactor = 70);

-- What commits have moved and roll-ups do not have yet, by commit: see store/pending.ts.
create table rollup_movements (
  site_id   text        not null collate "C",
  dimension text        not null collate "C",
  seq       bigint      not null,
  -- Written and read once: there is nothing to gain from taking it apart.
  moved     json        not null,
  moved_at  timestamptz not null default now(),
  primary key (site_id, dimension, seq)
);

-- Days whose roll-ups are missing or out of date: reports read the raw rows of these. While somebody is
-- `rolling` one, writers add to its roll-ups, and what was stored before is being added.
create table unrolled_days (
  site_id text    not null collate "C",
  family  text    not null check (family in ('traffic', 'goals')),
  day     date    not null,
  rolling uuid,
  primary key (site_id, family, day)
);

-- What was stored before there were roll-ups. A day more on each side, as the zone data of the service
-- may differ from that of Postgres.
insert into unrolled_days (site_id, family, day)
select site_id, 'traffic', first + day
from (
  select site_id, (min(at) at time zone timezone)::date - 1 as first, (max(at) at time zone timezone)::date + 1 as last
  from items join sites using (site_id)
  group by site_id, timezone) s, generate_series(0, last - first) day;
