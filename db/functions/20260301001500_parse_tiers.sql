-- A comma list of tiers; other means none

-- migrate:up
drop function if exists public.parse_tiers;

create function public.parse_tiers(value text)
returns text[]
language plpgsql
immutable
strict
set search_path = ''
as $$
declare
  tiers text[];
begin
  if value is null or value = '' then
    return null;
  end if;
  select array_agg(distinct lower(regexp_replace(btrim(part), '^@', '')))
  into tiers
  from unnest(string_to_array(value, ',')) as part;
  if not tiers <@ array['teammate', 'influencer', 'ecosystem', 'other'] then
    perform public.bad_argument('tier', value, 'Give teammate, influencer, ecosystem or other (none), or several with commas between.');
  end if;
  return tiers;
end
$$;

comment on function public.parse_tiers is 'The tiers of a comma list, or HTTP 400.';

grant execute on function public.parse_tiers to web_anon, ingest;

-- migrate:down
drop function public.parse_tiers;
