-- Whether an instant lies between since and until

-- migrate:up
drop function if exists public.matches_time;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_time(instant timestamptz, since text, until text)
returns boolean
language sql
immutable
parallel safe
as $$
  select
    (nullif(since, '') is null or instant >= public.parse_time('since', since))
    and (nullif(until, '') is null or instant < public.parse_time('until', until))
$$;

comment on function public.matches_time is
  'Whether the instant is at or after `since` and before `until`; either may be null. An invalid one raises HTTP 400.';

grant execute on function public.matches_time to web_anon, ingest;

-- migrate:down
drop function public.matches_time;
