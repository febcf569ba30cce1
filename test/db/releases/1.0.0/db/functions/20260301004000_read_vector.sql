-- Parses a vector: a JSON array of finite numbers (docs/rules.md#rule-8)

-- migrate:up
drop function if exists public.read_vector;

create function public.read_vector(value text)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  vector jsonb;
begin
  -- Before jsonb expands them: exponents of four digits and fractions of 1,000, as in the move.
  if value ~* '\.([0-9]{250}){4}|e[+-]?0*[1-9][0-9]{3}' then
    return null;
  end if;
  vector := value::jsonb;
  -- Strict, since otherwise the path would also descend into nested arrays. From this number on, a double is infinite.
  if jsonb_typeof(vector) = 'array'
    and not jsonb_path_exists(vector, 'strict $[*] ? (@.type() != "number" || @.abs() >= 1.797693134862315807e308)')
  then
    return vector;
  end if;
  return null;
exception
  when data_exception then
    return null;
end
$$;

comment on function public.read_vector is 'The vector as jsonb; null if the text is not a JSON array of finite numbers.';

-- migrate:down
drop function public.read_vector;
