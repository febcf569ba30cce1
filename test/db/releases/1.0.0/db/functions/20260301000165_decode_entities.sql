-- Decodes &, < and >, which X escapes: https://docs.x.com/x-api/fundamentals/data-dictionary

-- migrate:up
drop function if exists public.decode_entities;

-- Inlined (language sql, no set), since it runs for each post that is stored.
create function public.decode_entities(value text)
returns text
language sql
immutable
parallel safe
as $$
  select replace(replace(replace(value, '&lt;', '<'), '&gt;', '>'), '&amp;', '&')
$$;

comment on function public.decode_entities is 'The text as X shows it: its three entities decoded once, nothing else.';

grant execute on function public.decode_entities to web_anon, ingest;

-- migrate:down
drop function public.decode_entities;
