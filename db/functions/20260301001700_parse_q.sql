-- A search: terms are ANDed, "a phrase" is one term, -term must be absent; the patterns are for ILIKE

-- migrate:up
drop function if exists public.parse_q;

create function public.parse_q(value text, without boolean)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  patterns text[];
begin
  if value is null or btrim(value) = '' then
    return null;
  end if;
  if length(value) > 200 then
    perform public.bad_argument('q', value, 'Give at most 200 characters.');
  end if;
  select array_agg('%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%' order by position)
  into patterns
  from (
    select
      coalesce(match.parts[2], match.parts[3]) as term,
      match.parts[1] = '-' as negated,
      position
    from regexp_matches(value, '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') with ordinality as match(parts, position)
  ) as terms
  where term <> '' and negated = without;
  return patterns;
end
$$;

comment on function public.parse_q is 'The ILIKE patterns of a search: those that must match, or with true those that must not.';

grant execute on function public.parse_q to web_anon, ingest;

-- migrate:down
drop function public.parse_q;
