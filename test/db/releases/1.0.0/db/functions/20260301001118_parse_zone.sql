-- Parses the name of a time zone

-- migrate:up
drop function if exists public.parse_zone;

create function public.parse_zone(argument text, value text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  if value is null or value = '' then
    return 'UTC';
  end if;
  -- Postgres also takes offsets and rules such as 'X-25', which are not what anyone means.
  if value !~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$' then
    perform public.bad_argument(argument, value, 'Use the name of a time zone, such as Europe/Berlin.');
  end if;
  perform timestamptz 'epoch' at time zone value;
  return value;
exception
  when invalid_parameter_value then
    perform public.bad_argument(argument, value, 'Use the name of a time zone, such as Europe/Berlin.');
    return null;
end
$$;

comment on function public.parse_zone is 'The name of a time zone, UTC if it is empty; anything else is HTTP 400.';

grant execute on function public.parse_zone to web_anon, ingest;

-- migrate:down
drop function public.parse_zone;
