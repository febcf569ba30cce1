-- Parses a list of tiers; other means no tier

-- migrate:up
drop function if exists public.parse_tiers;

create function public.parse_tiers(value text)
returns text[]
language plpgsql
immutable
parallel safe
strict
set search_path = ''
as $$
declare
  max_length constant integer := 1000;
  tiers text[] := '{}';
  part text;
  is_valid boolean;
begin
  if value = '' then
    return null;
  end if;
  -- A loop, not a query: it runs in every request that names a tier.
  foreach part in array regexp_split_to_array(public.trim_space(left(value, max_length + 1)), '\s*,\s*|\s+') loop
    part := regexp_replace(lower(part collate "C"), '^@', '');
    is_valid := part = any (public.tiers() || '{other}') and length(value) <= max_length;
    exit when not is_valid;
    if part <> all (tiers) then
      tiers := tiers || part;
    end if;
  end loop;
  if not is_valid then
    perform public.bad_argument(
      'tier',
      value,
      format('Use %s or other (no tier), or several separated by commas.', array_to_string(public.tiers(), ', '))
    );
  end if;
  return tiers;
end
$$;

comment on function public.parse_tiers is 'The tiers of a list, separated by commas or spaces; anything else raises HTTP 400.';

grant execute on function public.parse_tiers to web_anon, ingest;

-- migrate:down
drop function public.parse_tiers;
