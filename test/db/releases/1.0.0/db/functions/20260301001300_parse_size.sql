-- Parses an integer argument within its bounds

-- migrate:up
drop function if exists public.parse_size;

create function public.parse_size(argument text, value text, maximum integer, fallback integer)
returns integer
language plpgsql
immutable
set search_path = ''
as $$
begin
  if value is null or value = '' then
    return fallback;
  end if;
  if value ~ '^[0-9]{1,9}$' and value::integer between 1 and maximum then
    return value::integer;
  end if;
  perform public.bad_argument(argument, value, format('Use an integer from 1 to %s.', maximum));
  return null;
end
$$;

comment on function public.parse_size is 'An integer from 1 to the maximum, the fallback if it is empty; anything else raises HTTP 400.';

grant execute on function public.parse_size to web_anon, ingest;

-- migrate:down
drop function public.parse_size;
