-- The only schema that PostgREST exposes; its views and functions are in db/views and db/functions.

-- migrate:up
create schema api;

comment on schema api is 'XMonitor: posts from X collected by a local monitor, newest first';

grant usage on schema api to web_anon, web_closed, ingest;

-- Inlined functions run with the caller's privileges, so the caller needs the few views and helpers in public that are
-- granted by name. PostgREST does not expose them.
grant usage on schema public to web_anon, web_closed, ingest;

-- Nobody may execute a new function until it is granted by name.
alter default privileges revoke execute on functions from public;

-- migrate:down
alter default privileges grant execute on functions to public;
revoke usage on schema public from web_anon, web_closed, ingest;
drop schema api;
