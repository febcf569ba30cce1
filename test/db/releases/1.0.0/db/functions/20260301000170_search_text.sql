-- The text that is searched: text, handle and display name, as the page shows them, in lower case

-- migrate:up
-- Replaced, never dropped: the column posts.search_text calls it. After a change, that column must be computed again.
create or replace function public.search_text(body_text text, author_handle text, author_display text)
returns text
language sql
immutable
parallel safe
as $$
  select public.separate_symbols(
    public.fold_case(
      public.decode_entities(coalesce(body_text, '') || E'\n@' || author_handle || E'\n' || coalesce(author_display, ''))
    )
  )
$$;

comment on function public.search_text is
  'Text, @handle and display name of a post with entities decoded, in lower case, symbols separated by blanks: the column posts.search_text.';

grant execute on function public.search_text to web_anon, ingest;

-- migrate:down
drop function public.search_text;
