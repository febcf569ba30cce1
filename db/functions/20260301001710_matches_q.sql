-- Whether a post matches a search

-- migrate:up
drop function if exists public.matches_q;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_q(body_text text, author_handle text, author_display text, q text)
returns boolean
language sql
immutable
parallel safe
as $$
  select
    -- The longest terms are compared one by one, since the trigram index serves only a single comparison. By the statistics
    -- of that index the planner tells rare terms, which the index finds, from common ones, which a scan from the newest post
    -- meets soon.
    (
      (public.parse_q(q, 'indexed'))[1] is null
      or public.search_text(body_text, author_handle, author_display) like (public.parse_q(q, 'indexed'))[1]
    )
    and (
      (public.parse_q(q, 'indexed'))[2] is null
      or public.search_text(body_text, author_handle, author_display) like (public.parse_q(q, 'indexed'))[2]
    )
    and (
      (public.parse_q(q, 'indexed'))[3] is null
      or public.search_text(body_text, author_handle, author_display) like (public.parse_q(q, 'indexed'))[3]
    )
    and (
      public.parse_q(q, 'more') is null
      or public.search_text(body_text, author_handle, author_display) like all (public.parse_q(q, 'more'))
    )
    and (
      public.parse_q(q, 'without') is null
      or public.search_text(body_text, author_handle, author_display) not like all (public.parse_q(q, 'without'))
    )
$$;

comment on function public.matches_q is
  'Whether text, handle and display name match a search; a bad search is HTTP 400.';

grant execute on function public.matches_q to web_anon, ingest;

-- migrate:down
drop function public.matches_q;
