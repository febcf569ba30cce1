-- A handle as it is stored: trimmed, one leading @ dropped, lower case

-- migrate:up
drop function if exists public.read_handle;

create function public.read_handle(value text)
returns text
language sql
immutable
as $$
  -- First as C does it, for no locale's own i; then the letters that C does not know.
  select lower(lower(regexp_replace(regexp_replace(value, '^\s+|\s+$', '', 'g'), '^@', '') collate "C") collate "default")
$$;

comment on function public.read_handle is 'The handle that a text names, as it is stored.';

grant execute on function public.read_handle to web_anon, ingest;

-- migrate:down
drop function public.read_handle;
