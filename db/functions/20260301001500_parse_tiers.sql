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
  tiers text[] := '{}';
  part text;
begin
  if value = '' then
    return null;
  end if;
  -- Without a query: this is on the way of each request.
  foreach part in array string_to_array(value, ',') loop
    part := lower(regexp_replace(btrim(part), '^@', ''));
    if part <> all (tiers) then
      tiers := tiers || part;
    end if;
  end loop;
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
