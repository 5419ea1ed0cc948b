-- Days of a journal that are over, in columns: files of Parquet that are replaced as a whole. kind: items, fetches, or orders
-- (the items that tell of orders, once more, as these are counted over all time). seq: the newest commit with a row in it.
-- Days are labels, of the time zone that the site had then: what is in a segment is said by min_at and max_at.
create table segments (
  site_id  text        not null collate "C",
  kind     text        not null check (kind in ('items', 'fetches', 'orders')),
  from_day date        not null,
  to_day   date        not null,
  part     integer     not null,
  seq      bigint      not null,
  rows     bigint      not null,
  min_at   timestamptz not null,
  max_at   timestamptz not null,
  -- Version of the columns.
  format   integer     not null,
  -- SHA-256 of the data, by which nodes keep the file.
  hash     bytea       not null,
  data     bytea       not null,
  primary key (site_id, kind, from_day, part)
);

-- It is compressed.
alter table segments alter column data set storage external;

-- Rows that are gone, as segments may have them still until compaction has rewritten these: of an import from one time to
-- another; with an empty id, the items of any import, as the site has items of its own on that day.
create table journal_removals (
  site_id   text        not null collate "C",
  import_id text        not null,
  from_at   timestamptz not null,
  to_at     timestamptz not null,
  primary key (site_id, import_id, from_at, to_at)
);
