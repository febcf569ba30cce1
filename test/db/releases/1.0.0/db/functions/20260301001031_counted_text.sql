-- A text on its way into an answer

-- migrate:up
-- Must stay inlinable (language sql, no set): usual texts cost nothing. 280 characters have at most 840 bytes in any alphabet.
create or replace function public.counted_text(value text)
returns text
language sql
stable
as $$
  select case when octet_length(value) > 1000 then public.count_bytes(value) else value end
$$;

comment on function public.counted_text is 'The text, counted if it is long, so that no answer can have more than 10 MB of long texts.';

grant execute on function public.counted_text to web_anon, ingest;

-- migrate:down
drop function public.counted_text;
