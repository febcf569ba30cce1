-- Escapes text for XML 1.0: https://www.w3.org/TR/xml/#charsets

-- migrate:up
drop function if exists public.xml_text;

create function public.xml_text(value text)
returns text
language sql
immutable
set search_path = ''
as $$
  select replace(replace(replace(replace(replace(
    -- Characters that XML does not allow, not even escaped.
    regexp_replace(value, '[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]', '', 'g'),
    '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'),
    -- Unescaped, a parser would turn it into a line feed.
    E'\r', '&#13;')
$$;

comment on function public.xml_text is 'The text escaped for XML, without the characters that XML does not allow.';

grant execute on function public.xml_text to web_anon, ingest;

-- migrate:down
drop function public.xml_text;
