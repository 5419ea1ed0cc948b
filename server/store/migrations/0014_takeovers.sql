-- Sites with rows from before there was a journal, until all of these are in it: the journal has them under seq 0. The items and
-- fetches up to the cursors are; none is that was received well after begun_at, as the journal has these itself.
create table takeovers (
  site_id    text        primary key collate "C",
  begun_at   timestamptz not null default now(),
  items      bigint      not null default 0,
  item_at    timestamptz not null default '-infinity',
  item_id    uuid        not null default '00000000-0000-0000-0000-000000000000',
  fetches    bigint      not null default 0,
  fetch_at   timestamptz not null default '-infinity',
  fetch_id   uuid        not null default '00000000-0000-0000-0000-000000000000'
);

insert into takeovers (site_id)
select site_id
from sites s
where exists (select from items i where i.site_id = s.site_id) or exists (select from ai_fetches f where f.site_id = s.site_id);
