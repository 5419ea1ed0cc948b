-- What a site does not want to have counted. value: an address or a CIDR block, a country's code of ISO 3166-1, a
-- text or pattern of the user agent, a pattern of the path.
create table exclusions (
  site_id      text        not null collate "C" references sites on delete cascade,
  exclusion_id text        not null,
  type         text        not null check (type in ('address', 'country', 'agent', 'path')),
  value        text        not null,
  note         text        not null default '',
  created_at   timestamptz not null default now(),
  primary key (site_id, exclusion_id),
  unique (site_id, type, value)
);

-- Items of a site that were not stored, by day (UTC) and reason. example: what of the last one decided.
create table refusals (
  site_id text        not null collate "C" references sites on delete cascade,
  day     date        not null,
  reason  text        not null,
  count   bigint      not null,
  last_at timestamptz not null,
  example text        not null default '',
  primary key (site_id, day, reason)
);
