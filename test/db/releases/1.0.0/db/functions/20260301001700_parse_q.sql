-- Parses a search: terms are ANDed, "a phrase" is one term, -term excludes

-- migrate:up
drop function if exists public.parse_q;

create function public.parse_q(value text, kind text)
returns text[]
language plpgsql
immutable
parallel safe
strict
set search_path = ''
-- Planning takes longer than parsing.
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  -- After any ASCII character but a letter or digit: all other symbols are followed by a blank.
  word_start constant text := '(^|[\u0001-/:-@[-`{-\u007f])';
  patterns text[];
begin
  if length(value) > 200 then
    perform public.bad_argument('q', value, 'Use at most 200 characters.');
  end if;
  select array_agg(
    case
      when not is_anywhere then word_start || literal
      when kind = 'first' then '%' || regexp_replace(term, '[\\%_]', '\\\&', 'g') || '%'
      else literal
    end
    order by rank
  )
  into patterns
  from (
    select
      term,
      negated,
      is_anywhere,
      regexp_replace(term, '[^[:alnum:]]', '\\\&', 'g') as literal,
      row_number() over (partition by negated order by is_long desc, length(term) desc, position) as rank
    from regexp_matches(public.fold_case(public.decode_entities(value)), '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') with ordinality as match(parts, position)
    cross join lateral (
      select
        public.separate_symbols(coalesce(match.parts[2], match.parts[3])) as term,
        match.parts[1] = '-' as negated
    ) as read
    -- Only a long term has a trigram wherever it occurs; a shorter one has some where a word begins, as at any symbol.
    cross join lateral (
      select
        term ~ '[[:alnum:]]{3}' as is_long,
        term ~ '[[:alnum:]]{3}|^[^[:alnum:]]' as is_anywhere
    ) as measured
    where term <> ''
  ) as terms
  where kind = case
    when negated then 'without'
    when rank <= 3 then 'first'
    else 'more'
  end;
  return patterns;
end
$$;

comment on function public.parse_q is
$$The patterns of one kind in a search, or null if there are none

`first`: the three longest terms, for LIKE if the pattern begins with %; `more`: the other terms; `without`: the excluded ones. All others are regular expressions. A term without three letters or digits in a row is found only where a word begins.$$;

grant execute on function public.parse_q to web_anon, ingest;

-- migrate:down
drop function public.parse_q;
