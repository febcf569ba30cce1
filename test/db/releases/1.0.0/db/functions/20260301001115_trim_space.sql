-- Trims the characters that JavaScript trims, as the move does, such as no-break spaces and byte order marks

-- migrate:up
drop function if exists public.trim_space;

create function public.trim_space(value text)
returns text
language sql
immutable
parallel safe
as $$
  select btrim(
    value,
    E' \t\n\u000b\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
  )
$$;

comment on function public.trim_space is 'The text without white space around it.';

grant execute on function public.trim_space to web_anon, ingest;

-- migrate:down
drop function public.trim_space;
