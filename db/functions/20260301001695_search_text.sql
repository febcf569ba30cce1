-- What a search compares: text, handle and display name, as the page shows them

-- migrate:up
drop function if exists public.search_text;

-- Must stay inlinable (language sql, no set), to become the very expression that the index posts_text is on.
create function public.search_text(body_text text, author_handle text, author_display text)
returns text
language sql
immutable
parallel safe
as $$
  select public.decode_entities(coalesce(body_text, '') || E'\n' || author_handle || E'\n' || coalesce(author_display, ''))
$$;

comment on function public.search_text is 'Text, handle and display name of a post with entities decoded. The index posts_text is on exactly this expression.';

grant execute on function public.search_text to web_anon, ingest;

-- migrate:down
drop function public.search_text;
