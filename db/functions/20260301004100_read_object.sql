-- JSON that may hold what jsonb cannot: https://www.postgresql.org/docs/current/datatype-json.html

-- migrate:up
drop function if exists public.read_object;

create function public.read_object(value json)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case when json_typeof(value) = 'object' then value::jsonb end;
exception
  -- A NUL character, half of a surrogate pair.
  when data_exception then
    return null;
end
$$;

comment on function public.read_object is 'The object as jsonb; null when it is none, or holds text that Postgres cannot store.';

-- migrate:down
drop function public.read_object;
