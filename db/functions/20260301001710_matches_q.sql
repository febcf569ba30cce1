-- Whether a post is what a search asks for

-- migrate:up
drop function if exists public.matches_q;

-- It must stay inlinable (sql, no set), so that the planner sees what it compares.
create function public.matches_q(body_text text, author_handle text, q text)
returns boolean
language sql
immutable
as $$
  select
    -- The longest terms are apart, for only a single comparison can use the trigram index. The statistics of that index
    -- tell the planner whether a term is rare, so that the index finds it, or common, so that a walk from the newest post
    -- meets it soon.
    (
      (public.parse_q(q, 'indexed'))[1] is null
      or (coalesce(body_text, '') || E'\n' || author_handle) ilike (public.parse_q(q, 'indexed'))[1]
    )
    and (
      (public.parse_q(q, 'indexed'))[2] is null
      or (coalesce(body_text, '') || E'\n' || author_handle) ilike (public.parse_q(q, 'indexed'))[2]
    )
    and (
      (public.parse_q(q, 'indexed'))[3] is null
      or (coalesce(body_text, '') || E'\n' || author_handle) ilike (public.parse_q(q, 'indexed'))[3]
    )
    and (
      public.parse_q(q, 'more') is null
      or (coalesce(body_text, '') || E'\n' || author_handle) ilike all (public.parse_q(q, 'more'))
    )
    -- Behind coalesce the planner takes half of the rows to match, and walks: no index could help.
    and (
      public.parse_q(q, 'short') is null
      or coalesce((coalesce(body_text, '') || E'\n' || author_handle) ilike all (public.parse_q(q, 'short')), false)
    )
    and (
      public.parse_q(q, 'without') is null
      or (coalesce(body_text, '') || E'\n' || author_handle) not ilike all (public.parse_q(q, 'without'))
    )
$$;

comment on function public.matches_q is
  'Whether text and handle hold the terms of a search, or HTTP 400. The index posts_text is on this very expression.';

grant execute on function public.matches_q to web_anon, ingest;

-- migrate:down
drop function public.matches_q;
