-- Checks a vector argument

-- migrate:up
drop function if exists public.parse_vector;

create function public.parse_vector(argument text, value jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  is_comparable constant boolean := case
    when value is null or jsonb_typeof(value) <> 'array' or octet_length(value::text) > 131072 then false
    when jsonb_array_length(value) not between 1 and 4096 then false
    when value @? 'strict $[*] ? (@.type() <> "number")' then false
    else public.sign_bits(value) is not null
  end;
begin
  if not is_comparable then
    perform public.bad_argument(
      argument,
      coalesce(value::text, ''),
      'Use a JSON array of 1 to 4,096 numbers, not all of them zero, the others from 1e-100 to 1e100 in magnitude; at most 128 KB.'
    );
  end if;
  return value;
end
$$;

comment on function public.parse_vector is 'A JSON array of numbers for which sign_bits is not null; anything else raises HTTP 400.';

-- migrate:down
drop function public.parse_vector;
