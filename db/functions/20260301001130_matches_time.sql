-- Whether an instant is one that since and until ask for

-- migrate:up
drop function if exists public.matches_time;

-- It must stay inlinable (sql, no set), so that the planner sees what it compares.
create function public.matches_time(instant timestamptz, since text, until text)
returns boolean
language sql
immutable
as $$
  select
    (nullif(since, '') is null or instant >= public.parse_time('since', since))
    and (nullif(until, '') is null or instant < public.parse_time('until', until))
$$;

comment on function public.matches_time is
  'Whether the instant is not before `since` and before `until`, or HTTP 400 that names the argument. Either may be null.';

grant execute on function public.matches_time to web_anon, ingest;

-- migrate:down
drop function public.matches_time;
