-- Whether a post matches the filter `tier`

-- migrate:up
drop function if exists public.matches_tier;

-- Must stay inlinable (language sql, no set), or the planner could not see the comparison.
create function public.matches_tier(watch_tier text, tier text)
returns boolean
language sql
immutable
parallel safe
as $$
  select
    nullif(tier, '') is null
    or case
      -- For a single tier, an index has the order of the feed; for a list, Postgres has to sort.
      when cardinality(public.parse_tiers(tier)) > 1 then coalesce(watch_tier, 'other') = any (public.parse_tiers(tier))
      when public.parse_tiers(tier) = '{other}' then watch_tier is null
      else watch_tier = (public.parse_tiers(tier))[1]
    end
$$;

comment on function public.matches_tier is
  'Whether the tier is one of those listed; an invalid list raises HTTP 400.';

grant execute on function public.matches_tier to web_anon, ingest;

-- migrate:down
drop function public.matches_tier;
