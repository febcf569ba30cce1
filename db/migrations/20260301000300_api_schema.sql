-- The only schema PostgREST exposes; its views and functions are in db/views and db/functions.

-- migrate:up
create schema api;

comment on schema api is 'XMonitor: posts of X that a local monitor collected, newest first.';

grant usage on schema api to web_anon, ingest;

-- The API's functions are inlined into the caller's query, so the caller must reach the few views and helpers in public
-- that are granted by name; PostgREST exposes none of them.
grant usage on schema public to web_anon, ingest;

-- What comes later is closed until it is granted by name.
alter default privileges revoke execute on functions from public;

-- migrate:down
alter default privileges grant execute on functions to public;
revoke usage on schema public from web_anon, ingest;
drop schema api;
