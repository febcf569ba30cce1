-- Normalizes a handle: trimmed, without a leading @, lower case

-- migrate:up
drop function if exists public.read_handle;

create function public.read_handle(value text)
returns text
language sql
immutable
parallel safe
as $$
  -- First by the rules of C, so that no locale maps I to its own letter; then the letters beyond ASCII.
  select lower(lower(regexp_replace(regexp_replace(value, '^\s+|\s+$', '', 'g'), '^@', '') collate "C") collate "default")
$$;

comment on function public.read_handle is 'The handle as it is stored.';

grant execute on function public.read_handle to web_anon, ingest;

-- migrate:down
drop function public.read_handle;
