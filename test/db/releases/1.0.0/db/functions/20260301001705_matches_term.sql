-- Whether a text has a term of a search

-- migrate:up
drop function if exists public.matches_term;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_term(search_text text, pattern text)
returns boolean
language sql
immutable
parallel safe
as $$
  select
    pattern is null
    or case
      -- LIKE takes less time to plan than a regular expression.
      when starts_with(pattern, '%') then search_text like pattern
      -- In full, because the schema refused, which PostgREST's search_path names first, has a `~` that refuses clients.
      else search_text operator(pg_catalog.~) pattern
    end
$$;

comment on function public.matches_term is 'Whether the text matches one of the `first` patterns of public.parse_q.';

grant execute on function public.matches_term to web_anon, ingest;

-- migrate:down
drop function public.matches_term;
