-- The only schema PostgREST exposes; its views and functions are in db/views and db/functions.

-- migrate:up
create schema api;

comment on schema api is 'XMonitor: posts of X that a local monitor collected, newest first.';

grant usage on schema api to web_anon, ingest;

-- What comes later is closed until it is granted by name.
alter default privileges revoke execute on functions from public;

-- migrate:down
alter default privileges grant execute on functions to public;
drop schema api;
