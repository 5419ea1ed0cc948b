-- The commit in which a visit was first stored: "which visits are new since seq 17?" has one exact
-- answer, however late their items came.
alter table visits add column seq bigint not null default 0;

create index visits_seq on visits (site_id, seq);
