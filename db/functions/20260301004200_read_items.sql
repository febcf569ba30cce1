-- A batch that a collector sent, item by item: what is right goes on, what is wrong is named

-- migrate:up
drop function if exists public.read_items;

create function public.read_items(items json, fields jsonb, keys text[])
returns table (index integer, item jsonb, problem text)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  if items is null or json_typeof(items) <> 'array' then
    perform public.bad_argument('items', coalesce(items::text, 'null'), 'Give an array of up to 1000 objects.');
  elsif json_array_length(items) > 1000 then
    perform public.bad_argument('items', json_array_length(items) || ' items', 'Give an array of up to 1000 objects.');
  end if;

  return query
  with
    given as materialized (
      select
        position - 1 as index,
        public.read_object(element) as object
      from json_array_elements(items) with ordinality as element(element, position)
    ),
    found as materialized (
      select
        given.index,
        read.item,
        case
          when given.object is null then 'is no object, or holds text that cannot be stored (a NUL character, half of a surrogate pair)'
          else nullif(concat_ws('; ', read.problems, unknown.problem), '')
        end as problem
      from given
      cross join lateral (
        select
          jsonb_object_agg(field.key, value.cleaned) filter (where given.object ? field.key) as item,
          string_agg(
            field.key || ' ' || coalesce(value.problem, 'is missing'),
            '; '
            order by field.key
          ) filter (where value.problem is not null or (value.cleaned is null and field.value like '%!')) as problems
        from jsonb_each_text(fields) as field
        left join lateral public.read_value(rtrim(field.value, '!'), given.object -> field.key) as value on given.object ? field.key
      ) as read
      cross join lateral (
        select 'has the unknown field ' || string_agg(key, ', ') as problem
        from jsonb_object_keys(given.object) as key
        where not fields ? key
      ) as unknown
    ),
    keyed as (
      select
        found.*,
        -- Of items with the same key the last good one counts.
        last_value(found.index) over (
          partition by
            found.problem is null,
            (select jsonb_agg(found.item -> key) from unnest(keys) as key)
          order by found.index
          rows between unbounded preceding and unbounded following
        ) as last_index
      from found
    )
  select
    keyed.index::integer,
    keyed.item,
    coalesce(
      keyed.problem,
      case when keyed.last_index <> keyed.index then 'superseded by item ' || keyed.last_index end
    )
  from keyed;
end
$$;

comment on function public.read_items is
  'The items with their values as they are stored, or with what is wrong; fields: name to kind (read_value), ! when required.';

-- migrate:down
drop function public.read_items;
