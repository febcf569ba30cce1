-- A search: terms are ANDed, "a phrase" is one term, -term must be absent; the patterns are for ILIKE

-- migrate:up
drop function if exists public.parse_q;

create function public.parse_q(value text, kind text)
returns text[]
language plpgsql
immutable
strict
set search_path = ''
as $$
declare
  patterns text[];
begin
  if length(value) > 200 then
    perform public.bad_argument('q', value, 'Give at most 200 characters.');
  end if;
  select array_agg('%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%' order by rank)
  into patterns
  from (
    select
      term,
      negated,
      -- A trigram index knows runs of three letters or digits.
      term ~ '[[:alnum:]]{3}' as indexable,
      row_number() over (partition by negated, term ~ '[[:alnum:]]{3}' order by length(term) desc, position) as rank
    from regexp_matches(value, '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') with ordinality as match(parts, position)
    cross join lateral (
      select
        coalesce(match.parts[2], match.parts[3]) as term,
        match.parts[1] = '-' as negated
    ) as read
    where term <> ''
  ) as terms
  where kind = case
    when negated then 'without'
    when not indexable then 'short'
    when rank <= 3 then 'indexed'
    else 'more'
  end;
  return patterns;
end
$$;

comment on function public.parse_q is
  'The ILIKE patterns of a search, of one kind: `indexed` are the three longest that the trigram index can find, `more` the others of that sort, `short` those it cannot find, `without` those that must not match. Null: there is none.';

grant execute on function public.parse_q to web_anon, ingest;

-- migrate:down
drop function public.parse_q;
