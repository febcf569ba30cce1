-- GET /health

-- migrate:up
-- Add new columns at the end; for any other change, drop the view with cascade first. Either way, give schema refused a newer version too.
create or replace view api.health as
select
  -- Not posts: the first import locks that table, and an instance that fails its health check is replaced.
  exists (select from public.watch_accounts) is not null as ok,
  'xmonitor-api' as service,
  'v1' as version;

comment on view api.health is 'A single row, if the API can read its tables.';

grant select on api.health to web_anon, web_closed, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop view api.health;
