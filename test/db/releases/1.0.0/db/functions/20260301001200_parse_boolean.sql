-- Parses a boolean argument

-- migrate:up
drop function if exists public.parse_boolean;

create function public.parse_boolean(argument text, value text)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  case
    when value is null or value = '' then
      return null;
    when lower(value) in ('true', 't', 'yes', '1') then
      return true;
    when lower(value) in ('false', 'f', 'no', '0') then
      return false;
    else
      perform public.bad_argument(argument, value, 'Use true or false.');
  end case;
  return null;
end
$$;

comment on function public.parse_boolean is 'The value of a boolean argument, null if it is empty; anything else raises HTTP 400.';

grant execute on function public.parse_boolean to web_anon, ingest;

-- migrate:down
drop function public.parse_boolean;
