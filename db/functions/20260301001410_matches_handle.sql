-- Whether a post is by one of the authors asked for

-- migrate:up
drop function if exists public.matches_handle;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_handle(author_handle text, handle text)
returns boolean
language sql
immutable
parallel safe
as $$
  select
    nullif(handle, '') is null
    or case
      -- A single handle has an index in the order of the feed; for a list, Postgres reads and sorts.
      when cardinality(public.parse_handles(handle)) = 1 then author_handle = (public.parse_handles(handle))[1]
      else author_handle = any (public.parse_handles(handle))
    end
$$;

comment on function public.matches_handle is
  'Whether the author is one of a list of handles, or HTTP 400.';

grant execute on function public.matches_handle to web_anon, ingest;

-- migrate:down
drop function public.matches_handle;
