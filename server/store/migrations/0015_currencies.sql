-- Currencies that a site has had: that of its orders which name none, up to and with a commit.
create table site_currencies (
  site_id   text   not null collate "C",
  until_seq bigint not null,
  currency  text   not null,
  primary key (site_id, until_seq)
);
