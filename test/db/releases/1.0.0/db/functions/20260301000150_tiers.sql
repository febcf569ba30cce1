-- The tiers of the watchlist: the one place that names them (docs/changing.md says how to add one)

-- migrate:up
-- Replaced, never dropped: check constraints call it. Once released, this file stays, and a second one has the new list.
create or replace function public.tiers()
returns text[]
language sql
immutable
parallel safe
as $$
  select array['teammate', 'investor', 'influencer', 'ecosystem']
$$;

comment on function public.tiers is 'The tiers of the watchlist, in the order in which they are shown.';

grant execute on function public.tiers to web_anon, ingest;

-- migrate:down
drop function public.tiers;
