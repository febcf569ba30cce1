-- The filters of a subscription in words

-- migrate:up
drop function if exists public.describe_filters;

create function public.describe_filters(
  since text,
  until text,
  tier text,
  handle text,
  significant text,
  reported text,
  q text
)
returns text
language sql
immutable
set search_path = ''
as $$
  select concat_ws(
    ', ',
    'since ' || nullif(since, ''),
    'until ' || nullif(until, ''),
    'tier ' || nullif(tier, ''),
    'handle ' || nullif(handle, ''),
    'significant ' || nullif(significant, ''),
    'reported ' || nullif(reported, ''),
    'search ' || nullif(q, '')
  )
$$;

comment on function public.describe_filters is 'The filters that were given, for titles and ids of Atom feeds; empty if there are none.';

grant execute on function public.describe_filters to web_anon, ingest;

-- migrate:down
drop function public.describe_filters;
