-- A post in a digest, as HTML

-- migrate:up
drop function if exists public.digest_item;

create function public.digest_item(author_handle text, url text, body_text text, note text)
returns text
language sql
immutable
set search_path = ''
as $$
  select format(
    '<li>%s: %s%s</li>',
    -- Never javascript: or data:.
    case
      when url ~* '^https?://' then format('<a href="%s">@%s</a>', public.xml_text(url), public.xml_text(author_handle))
      else '@' || public.xml_text(author_handle)
    end,
    public.xml_text(public.decode_entities(coalesce(body_text, ''))),
    ' <em>(' || public.xml_text(note) || ')</em>'
  )
$$;

comment on function public.digest_item is 'A list item with the author as a link to the post, its text, and a note.';

grant execute on function public.digest_item to web_anon, ingest;

-- migrate:down
drop function public.digest_item;
