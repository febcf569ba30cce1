-- Whether a post was reported, as the filter asks

-- migrate:up
drop function if exists public.matches_reported;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_reported(reported_at timestamptz, reported text)
returns boolean
language sql
immutable
parallel safe
as $$
  select nullif(reported, '') is null or (reported_at is not null) = public.parse_boolean('reported', reported)
$$;

comment on function public.matches_reported is 'Whether there is a report, if the filter is true, or none, if it is false; a bad filter is HTTP 400.';

grant execute on function public.matches_reported to web_anon, ingest;

-- migrate:down
drop function public.matches_reported;
