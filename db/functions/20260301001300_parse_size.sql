-- A whole number of a query string, within its bounds

-- migrate:up
drop function if exists public.parse_size;

create function public.parse_size(argument text, value text, most integer, otherwise integer)
returns integer
language plpgsql
immutable
set search_path = ''
as $$
begin
  if value is null or value = '' then
    return otherwise;
  end if;
  if value ~ '^\d{1,9}$' and value::integer between 1 and most then
    return value::integer;
  end if;
  perform public.bad_argument(argument, value, format('Give a whole number from 1 to %s.', most));
  return null;
end
$$;

comment on function public.parse_size is 'A whole number from 1 to the most, or HTTP 400 that names the argument.';

grant execute on function public.parse_size to web_anon, ingest;

-- migrate:down
drop function public.parse_size;
