-- Whether a post matches the filter `q`

-- migrate:up
drop function if exists public.matches_q;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_q(search_text text, q text)
returns boolean
language sql
immutable
parallel safe
as $$
  select
    -- The longest terms are compared one by one, since the trigram index is used only for single comparisons. The column's
    -- statistics tell the planner which terms are rare, and found by the index, and which are common, and soon found by a
    -- scan from the newest post.
    public.matches_term(search_text, (public.parse_q(q, 'first'))[1])
    and public.matches_term(search_text, (public.parse_q(q, 'first'))[2])
    and public.matches_term(search_text, (public.parse_q(q, 'first'))[3])
    -- Operators in full, as in public.matches_term.
    and (public.parse_q(q, 'more') is null or search_text operator(pg_catalog.~) all (public.parse_q(q, 'more')))
    and (public.parse_q(q, 'without') is null or search_text operator(pg_catalog.!~) all (public.parse_q(q, 'without')))
$$;

comment on function public.matches_q is
  'Whether the searched text of a post (posts.search_text) matches a search; an invalid search raises HTTP 400.';

grant execute on function public.matches_q to web_anon, ingest;

-- migrate:down
drop function public.matches_q;
