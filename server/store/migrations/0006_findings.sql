-- A vital belongs to no visit: what it was measured on is that of its own request. Other items leave these to
-- their visits, which costs them nothing but bits.
alter table items
  add column country  text,
  add column region   text,
  add column city     text,
  add column device   text,
  add column browser  text,
  add column os       text,
  add column language text;

-- Reports on vitals read little else; a page may be longer than an index takes. Other items pay nothing for it.
create index items_vitals on items (site_id, at) include (name, value, device, country, browser)
where type = 'vital';

-- Visits that AI assistants referred: few of all.
create index visits_ai on visits (site_id, started_at) where ai_source <> '';

-- How many samples of a vital a day has in each bucket of values: see store/sketch.ts.
create table vital_sketches (
  site_id text    not null collate "C",
  day     date    not null,
  metric  text    not null collate "C",
  bucket  integer not null,
  samples integer not null,
  primary key (site_id, day, metric, bucket)
) with (fillfactor = 70);

-- Vitals of before there were sketches. A day more on each side, as in 0003.
insert into unrolled_days (site_id, family, day)
select site_id, 'traffic', first + day
from (
  select site_id, (min(at) at time zone timezone)::date - 1 as first, (max(at) at time zone timezone)::date + 1 as last
  from items join sites using (site_id)
  where type = 'vital'
  group by site_id, timezone) s, generate_series(0, last - first) day
on conflict (site_id, family, day) do nothing;

-- Data taken over from elsewhere: first_day and last_day are dates of its rows in the site's time zone.
create table imports (
  site_id     text        not null collate "C" references sites on delete cascade,
  import_id   text        not null,
  source      text        not null,
  label       text        not null default '',
  state       text        not null default 'running' check (state in ('running', 'done', 'failed')),
  first_day   date,
  last_day    date,
  rows        bigint      not null default 0,
  created_at  timestamptz not null default now(),
  finished_at timestamptz,
  primary key (site_id, import_id)
);

-- Findings of detectors. evidence: [{"label": "bounce rate", "value": 0.8}, …]
-- until: {"figure": "bounce rate", "value": 0.8, "is": "at_most", "target": 0.5}
create table opportunities (
  site_id          text             not null collate "C" references sites on delete cascade,
  opportunity_id   text             not null,
  detector         text             not null,
  detector_version integer          not null,
  subject          text             not null,
  status           text             not null default 'new' check (status in ('new', 'saved', 'done', 'dismissed')),
  first_seen       date             not null,
  last_seen        date             not null,
  -- Set while a run does not find it any more.
  resolved_on      date,
  sample           bigint           not null,
  evidence         jsonb            not null,
  impact           double precision not null,
  confidence       double precision not null,
  score            double precision not null,
  action           text             not null,
  until            jsonb            not null,
  primary key (site_id, opportunity_id)
);

-- The newest run of the detectors on each site, by its day.
create table opportunity_runs (
  site_id text not null collate "C" references sites on delete cascade primary key,
  day     date not null
);
