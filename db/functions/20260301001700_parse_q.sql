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
as $$
declare
  patterns text[];
begin
  if length(value) > 200 then
    perform public.bad_argument('q', value, 'Use at most 200 characters.');
  end if;
  select array_agg('%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%' order by rank)
  into patterns
  from (
    select
      term,
      negated,
      -- A trigram index contains only sequences of three letters or digits.
      term ~ '[[:alnum:]]{3}' as indexable,
      row_number() over (partition by negated, term ~ '[[:alnum:]]{3}' order by length(term) desc, position) as rank
    from regexp_matches(public.fold_case(public.decode_entities(value)), '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') with ordinality as match(parts, position)
    cross join lateral (
      select
        coalesce(match.parts[2], match.parts[3]) as term,
        match.parts[1] = '-' as negated
    ) as read
    where term <> ''
  ) as terms
  where kind = case
    when negated then 'without'
    when indexable and rank <= 3 then 'indexed'
    else 'more'
  end;
  return patterns;
end
$$;

comment on function public.parse_q is
  'The LIKE patterns of one kind in a search: `indexed`, the three longest terms that the trigram index can find; `more`, the other terms; `without`, the excluded ones. Null if there are none.';

grant execute on function public.parse_q to web_anon, ingest;

-- migrate:down
drop function public.parse_q;
