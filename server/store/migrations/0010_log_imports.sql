-- Items and fetches that an access log has brought are the site's own, of its own visitors. log_id says which import of a
-- log it was, so that this can be taken back. The others pay nothing for the indexes.
alter table items add column log_id text;
alter table ai_fetches add column log_id text;
create index items_of_logs on items (site_id, log_id, visitor_id) where log_id is not null;
create index ai_fetches_of_logs on ai_fetches (site_id, log_id) where log_id is not null;
