-- Checks a vector argument

-- migrate:up
drop function if exists public.parse_vector;

create function public.parse_vector(argument text, value text)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- By its length first: as jsonb, a number such as 1e131000 takes a hundred thousand digits.
  vector constant jsonb := case when octet_length(value) <= 131072 then public.read_vector(value) end;
  is_comparable constant boolean := case
    when jsonb_array_length(vector) between 1 and 4096 then public.sign_bits(vector) is not null
  end;
begin
  if is_comparable is not true then
    perform public.bad_argument(
      argument,
      coalesce(value, ''),
      'Use a JSON array of 1 to 4,096 numbers, not all of them zero, the others from 1e-100 to 1e100 in magnitude; at most 128 KB.'
    );
  end if;
  return vector;
end
$$;

comment on function public.parse_vector is 'A JSON array of numbers for which sign_bits is not null; anything else raises HTTP 400.';

-- migrate:down
drop function public.parse_vector;
