-- Parses a decimal argument within its bounds

-- migrate:up
drop function if exists public.parse_fraction;

create function public.parse_fraction(argument text, value text, minimum numeric, fallback numeric)
returns numeric
language plpgsql
immutable
set search_path = ''
as $$
begin
  if value is null or value = '' then
    return fallback;
  end if;
  if value ~ '^(0?\.\d{1,9}|0|1(\.0{1,9})?)$' and value::numeric >= minimum then
    return value::numeric;
  end if;
  perform public.bad_argument(argument, value, format('Use a number from %s to 1, such as %s.', minimum, fallback));
  return null;
end
$$;

comment on function public.parse_fraction is 'A number from the minimum to 1, the fallback if it is empty; anything else raises HTTP 400.';

-- migrate:down
drop function public.parse_fraction;
