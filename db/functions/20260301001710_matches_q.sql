-- Whether a post matches the filter `q`

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
    -- The longest terms are compared one by one, since the trigram index is used only for single comparisons. Its statistics
    -- tell the planner which terms are rare, and found by the index, and which are common, and soon found by a scan from the
    -- newest post.
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
  'Whether text, handle and display name match a search; an invalid search raises HTTP 400.';

grant execute on function public.matches_q to web_anon, ingest;

-- migrate:down
drop function public.matches_q;
