-- One bit per number of a vector: the share of bits in which two vectors differ estimates the angle between them

-- migrate:up
drop function if exists public.sign_bits;

create function public.sign_bits(vector jsonb)
returns bit varying
language sql
immutable
parallel safe
set search_path = ''
as $$
  select
    case
      when bool_or(number <> 0) and bool_and(number = 0 or (abs(number) >= 1e-100 and abs(number) < 1e100))
      then string_agg(case when number < 0 then '0' else '1' end, '' order by position)::bit varying
    end
  from jsonb_array_elements(vector) with ordinality as element(value, position)
  cross join lateral (select element.value::numeric as number) as read
$$;

comment on function public.sign_bits is
$$One bit per number of a JSON array: 0 for a negative number, 1 for any other

Null if the vector has no cosine similarity to any other: it has no numbers, all of them are zero, or the magnitude of one is outside 1e-100 to 1e100, so its square would be out of range for double precision. The move computes the same bits in tooling/lib/move/sign-bits.ts.$$;

-- migrate:down
drop function public.sign_bits;
