-- Whether a post matches the filter `handle`

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
      -- For a single handle, an index has the order of the feed; for a list, Postgres has to sort.
      when cardinality(public.parse_handles(handle)) = 1 then author_handle = (public.parse_handles(handle))[1]
      else author_handle = any (public.parse_handles(handle))
    end
$$;

comment on function public.matches_handle is
  'Whether the author is one of the listed handles; an invalid list raises HTTP 400.';

grant execute on function public.matches_handle to web_anon, ingest;

-- migrate:down
drop function public.matches_handle;
