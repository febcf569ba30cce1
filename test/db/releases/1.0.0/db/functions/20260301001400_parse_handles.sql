-- Parses a list of handles; @ and case do not matter

-- migrate:up
drop function if exists public.parse_handles;

create function public.parse_handles(value text)
returns text[]
language plpgsql
immutable
parallel safe
strict
set search_path = ''
as $$
declare
  advice constant text := 'Use one handle, or up to 100 separated by commas: nasa,esa.';
  handles text[] := '{}';
  part text;
begin
  if value = '' then
    return null;
  end if;
  -- First, for the cost of the loop grows with the square of the list.
  if length(value) > 10000 then
    perform public.bad_argument('handle', value, advice);
  end if;
  -- A loop, not a query: it runs in every request that names a handle.
  foreach part in array regexp_split_to_array(public.trim_space(value), '\s*,\s*|\s+') loop
    part := public.read_handle(part);
    if part <> all (handles) then
      handles := handles || part;
    end if;
    exit when part = '' or cardinality(handles) > 100;
  end loop;
  if part = '' or cardinality(handles) > 100 then
    perform public.bad_argument('handle', value, advice);
  end if;
  return handles;
end
$$;

comment on function public.parse_handles is 'The handles of a list, separated by commas or spaces, as they are stored; anything else raises HTTP 400.';

grant execute on function public.parse_handles to web_anon, ingest;

-- migrate:down
drop function public.parse_handles;
