-- The only schema that PostgREST exposes, and what its answers need; its views and functions are in db/views and db/functions.

-- migrate:up
create schema api;

comment on schema api is 'XMonitor: posts from X collected by a local monitor, newest first';

grant usage on schema api to web_anon, web_closed, ingest;

-- Inlined functions run with the caller's privileges, so the caller needs the few views and helpers in public that are
-- granted by name. PostgREST does not expose them.
grant usage on schema public to web_anon, web_closed, ingest;

-- Nobody may execute a new function until it is granted by name.
alter default privileges revoke execute on functions from public;

-- PostgREST sends the value of a domain with this name unchanged, whatever Accept says. A domain named application/atom+xml
-- would serve only requests that name that type; all others (curl and many feed readers send */*) would get JSON.
-- https://docs.postgrest.org/en/v16/references/api/media_type_handlers.html#the-any-handler
create domain public."*/*" as text;

comment on domain public."*/*" is 'An answer that PostgREST sends as it is: the Atom feeds.';

-- migrate:down
drop domain public."*/*";
alter default privileges grant execute on functions to public;
revoke usage on schema public from web_anon, web_closed, ingest;
drop schema api;
