-- Whether a post is as significant as it is asked for

-- migrate:up
drop function if exists public.matches_significant;

-- It must stay inlinable (sql, no set), so that the planner sees what it compares.
create function public.matches_significant(is_significant boolean, significant text)
returns boolean
language sql
immutable
as $$
  select nullif(significant, '') is null or is_significant = public.parse_boolean('significant', significant)
$$;

comment on function public.matches_significant is
  'Whether the flag is what a text says, or HTTP 400.';

grant execute on function public.matches_significant to web_anon, ingest;

-- migrate:down
drop function public.matches_significant;
