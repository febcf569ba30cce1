-- GET /rpc/health, GET /v1/health

-- migrate:up
drop function if exists api.health;

create function api.health()
returns json
language sql
stable
as $$
  select json_build_object('ok', ok, 'service', service, 'version', version)
  from api.health
$$;

comment on function api.health is 'ok is true if the API can read its tables.';

grant execute on function api.health to web_anon, web_closed, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.health;
