-- Lower case that does not depend on the database's locale for ASCII letters

-- migrate:up
-- Replaced, never dropped: the column posts.search_text calls it.
create or replace function public.fold_case(value text)
returns text
language sql
immutable
parallel safe
as $$
  -- ASCII letters first, by the rules of C, since a Turkish locale maps I to a letter of its own; then all others.
  select lower(lower(value collate "C") collate "default")
$$;

comment on function public.fold_case is 'The text in lower case.';

grant execute on function public.fold_case to web_anon, ingest;

-- migrate:down
drop function public.fold_case;
