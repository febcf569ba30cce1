-- Lower case that does not depend on the database's locale for ASCII letters

-- migrate:up
-- Replaced, never dropped: an index calls it.
create or replace function public.fold_case(value text)
returns text
language sql
immutable
parallel safe
as $$
  -- First by the rules of C: a Turkish locale maps I to its own letter. Then the letters beyond ASCII.
  select lower(lower(value collate "C") collate "default")
$$;

comment on function public.fold_case is 'The text in lower case.';

grant execute on function public.fold_case to web_anon, ingest;

-- migrate:down
drop function public.fold_case;
