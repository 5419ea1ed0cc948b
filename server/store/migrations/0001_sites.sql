-- Tenants own sites and credentials. A tenant, a credential and a share are few: reference data.
create table tenants (
  tenant_id  text        primary key,
  name       text        not null,
  created_at timestamptz not null default now()
);

insert into tenants (tenant_id, name) values ('default', 'Default');

create table sites (
  site_id        text        primary key collate "C",
  tenant_id      text        not null references tenants,
  domain         text        not null,
  name           text        not null,
  timezone       text        not null default 'UTC',
  currency       text        not null default 'EUR',
  retention_days integer     check (retention_days > 0),
  created_at     timestamptz not null default now()
);

create index sites_tenant on sites (tenant_id);

-- One row a site, written in the transaction that changes its data: the version vector.
-- kinds: {"hits": {"seq": the seq at which it last changed, "total": rows it ever gained}, …}
create table site_versions (
  site_id      text        primary key collate "C" references sites on delete cascade,
  epoch        text        not null,
  seq          bigint      not null default 0,
  kinds        jsonb       not null default '{}',
  changed_at   timestamptz not null default now(),
  bucket_start timestamptz not null default now()
) with (fillfactor = 50);

create table api_clients (
  client_id  text        primary key,
  tenant_id  text        not null references tenants,
  label      text        not null,
  token_hash bytea       not null unique,
  token_hint text        not null,
  scopes     text[]      not null,
  site_ids   text[],
  expires_at timestamptz,
  created_at timestamptz not null default now()
);

create index api_clients_tenant on api_clients (tenant_id);

create table shares (
  site_id         text        not null collate "C" references sites on delete cascade,
  share_id        text        not null,
  label           text        not null,
  token_hash      bytea       not null unique,
  token_hint      text        not null,
  reports         text[],
  filters         text[]      not null default '{}',
  live            boolean     not null default true,
  visits          boolean     not null default false,
  allowed_origins text[],
  password_hash   text,
  expires_at      timestamptz,
  created_at      timestamptz not null default now(),
  primary key (site_id, share_id)
);

-- A visitor is known under one salt of a site's day, and by nobody once it is destroyed.
create table salts (
  site_id text        not null collate "C" references sites on delete cascade,
  day     date        not null,
  salt    bytea       not null,
  used_at timestamptz not null default now(),
  primary key (site_id, day)
);
