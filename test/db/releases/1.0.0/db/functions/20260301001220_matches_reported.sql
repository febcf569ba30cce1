-- Whether a post matches the filter `reported`

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

comment on function public.matches_reported is 'Whether the post was reported (filter true) or not (filter false); an invalid filter raises HTTP 400.';

grant execute on function public.matches_reported to web_anon, ingest;

-- migrate:down
drop function public.matches_reported;
