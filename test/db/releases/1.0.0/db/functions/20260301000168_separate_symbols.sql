-- Blanks around each character that is a word by itself

-- migrate:up
-- Replaced, never dropped: the column posts.search_text calls it. After a change, that column must be computed again.
create or replace function public.separate_symbols(value text)
returns text
language sql
immutable
parallel safe
as $$
  -- Beyond ASCII: what is neither a letter nor a digit, and what is written without blanks, such as Thai (U+0E00), Burmese,
  -- Khmer (U+1780), and all from U+2E80 on: Chinese, Japanese, Korean, emoji.
  select regexp_replace(value, '[^\u0001-\u007f[:alnum:]]|[\u0e00-\u109f\u1780-\u17ff\u2e80-\U0010ffff]', ' \& ', 'g')
$$;

comment on function public.separate_symbols is
  'The text with a blank on either side of each symbol and of each character of a script without blanks, so that words begin there. ASCII stays as it is.';

grant execute on function public.separate_symbols to web_anon, ingest;

-- migrate:down
drop function public.separate_symbols;
