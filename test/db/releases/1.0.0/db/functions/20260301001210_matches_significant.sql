-- Whether a post matches the filter `significant`

-- migrate:up
drop function if exists public.matches_significant;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_significant(is_significant boolean, significant text)
returns boolean
language sql
immutable
parallel safe
as $$
  select nullif(significant, '') is null or is_significant = public.parse_boolean('significant', significant)
$$;

comment on function public.matches_significant is
  'Whether the flag equals the filter; an invalid filter raises HTTP 400.';

grant execute on function public.matches_significant to web_anon, ingest;

-- migrate:down
drop function public.matches_significant;
