-- Steps that visitors are expected to do one after another, within a day.
-- steps: [{"name": "Cart", "type": "page", "pattern": "/cart*", "conditions": []}, {"goal_id": "…"}, …]
create table funnels (
  site_id    text        not null collate "C" references sites on delete cascade,
  funnel_id  text        not null,
  name       text        not null,
  steps      jsonb       not null,
  created_at timestamptz not null default now(),
  primary key (site_id, funnel_id),
  unique (site_id, name)
);

-- What happened at some time and explains what the numbers do then: a release, a campaign.
create table annotations (
  site_id       text        not null collate "C" references sites on delete cascade,
  annotation_id text        not null,
  at            timestamptz not null,
  text          text        not null,
  created_at    timestamptz not null default now(),
  primary key (site_id, annotation_id)
);

create index annotations_at on annotations (site_id, at);

-- A step of a funnel names a page or an event: only items that match one are read. Of a page the first
-- characters are enough, as a whole one may be longer than an index takes.
create index items_page on items (site_id, left(page, 64) text_pattern_ops, at) where type = 'pageview';
create index items_event on items (site_id, name text_pattern_ops, at) include (visitor_id, visit_id)
  where type = 'event';
