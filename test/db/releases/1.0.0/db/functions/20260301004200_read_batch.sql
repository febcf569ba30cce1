-- Reads the body of an ingest call: each item is either valid, or listed with everything that is wrong with it

-- migrate:up
drop function if exists public.read_batch;

create function public.read_batch(
  body json,
  fields jsonb,
  keys jsonb,
  of_posts boolean default false,
  or_single boolean default false,
  of_tombstones boolean default false
)
returns jsonb
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
  required constant text[] := array(select field.key from jsonb_each_text(fields) as field where field.value like '%!');
  items json;
  is_single boolean := false;
  unstorable text;
  batch jsonb;
begin
  -- Until the end of the transaction, nothing is deleted on request: what has no tombstone now can be stored.
  if not of_tombstones then
    lock table public.deleted_authors in row share mode;
  end if;

  begin
    items := body -> 'items';
  exception
    -- An escaped NUL or half of a surrogate pair makes every function fail that reads the JSON around it. Each is replaced
    -- by a text that occurs nowhere else, so that only the values that contain one are invalid.
    when untranslatable_character or invalid_text_representation then
      unstorable := gen_random_uuid()::text;
      body := regexp_replace(
        body::text,
        '(?<!\\)((?:\\\\)*)\\u(?:0000|d[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})',
        '\1' || unstorable,
        'gi'
      );
      items := body -> 'items';
  end;

  if items is null and or_single and json_typeof(body) = 'object' then
    is_single := true;
    items := json_build_array(body);
  elsif json_typeof(body) <> 'object' or items is null then
    raise sqlstate 'PT400' using
      message = 'the body has no items',
      detail = 'Argument: items',
      hint = 'Send a JSON object with an array of up to 1,000 objects: {"items": [...]}';
  elsif json_typeof(items) <> 'array' or json_array_length(items) > 1000 then
    raise sqlstate 'PT400' using
      message = case json_typeof(items)
        when 'array' then format('items has %s elements', json_array_length(items))
        else format('items cannot be %s', left(items::text, 100))
      end,
      detail = 'Argument: items',
      hint = 'Send an array of up to 1,000 objects.';
  elsif json_typeof(body -> 'replace') <> 'boolean' then
    raise sqlstate 'PT400' using
      message = format('replace cannot be %s', left((body -> 'replace')::text, 100)),
      detail = 'Argument: replace',
      hint = 'Use true or false.';
  end if;

  with
    given as materialized (
      select
        element.position - 1 as index,
        element.value as object,
        json_typeof(element.value) as type
      from json_array_elements(items) with ordinality as element(value, position)
    ),
    sent as materialized (
      select
        given.index,
        field.key as name,
        rtrim(fields ->> field.key, '!') as kind,
        json_typeof(field.value) as type,
        field.value #>> '{}' as plain
      from given
      cross join lateral json_each(case given.type when 'object' then given.object end) as field
    ),
    read as materialized (
      select
        sent.index,
        array_agg(sent.name) as names,
        jsonb_strip_nulls(keys) || jsonb_object_agg(sent.name, coalesce(value.cleaned, nullif(keys -> sent.name, 'null'))) as item,
        jsonb_object_agg(sent.name, value.problem) filter (where value.problem is not null) as problems
      from sent
      cross join lateral (
        select
          value.cleaned,
          case
            when strpos(sent.plain, unstorable) > 0 then 'holds a NUL character or half of a surrogate pair, which cannot be stored'
            when value.problem is not null then value.problem
            when value.cleaned is null and sent.name = any (required) then 'is empty, but required'
          end as problem
        from public.read_value(sent.kind, sent.type, sent.plain) as value
      ) as value
      where sent.kind is not null
      group by sent.index
    ),
    checked as materialized (
      select
        given.index,
        read.item,
        case
          when given.type <> 'object' then
            'is not an object'
          when read.problems is not null or not required <@ coalesce(read.names, '{}') then
            (
              select string_agg(problem.key || ' ' || problem.value, '; ' order by problem.key collate "C")
              from (
                select key, value
                from jsonb_each_text(read.problems)
                union all
                select name, 'is missing'
                from unnest(required) as name
                where name <> all (coalesce(read.names, '{}'))
              ) as problem
            )
          when (read.item ->> 'dims')::bigint <> jsonb_array_length(read.item -> 'vector_json') then
            format('vector_json holds %s numbers, but dims is %s', jsonb_array_length(read.item -> 'vector_json'), read.item ->> 'dims')
          when of_tombstones and (select count(*) from jsonb_object_keys(keys) as name where read.item ->> name is not null) <> 1 then
            (select 'needs either ' || string_agg(name, ' or ' order by name) from jsonb_object_keys(keys) as name)
        end as problem
      from given
      left join read on read.index = given.index
    ),
    -- Of several items with the same key, the last valid one wins.
    winning as materialized (
      select distinct on (items.key)
        items.index,
        items.item,
        items.key
      from (
        select
          checked.index,
          checked.item,
          (select jsonb_agg(checked.item -> name) from jsonb_object_keys(keys) as name) as key
        from checked
        where checked.problem is null
      ) as items
      order by
        items.key,
        items.index desc
    ),
    -- What was deleted on request: docs/rules.md#rule-8.
    deleted as materialized (
      select winning.index
      from winning
      where
        not of_tombstones
        and (
          exists (select from public.deleted_posts where status_id = winning.item ->> 'status_id')
          or exists (
            select from public.deleted_authors
            where handle = coalesce(winning.item ->> 'author_handle', winning.item ->> 'handle')
          )
        )
    ),
    -- Locked in the order of the key, so that concurrent batches wait for each other instead of deadlocking.
    known as materialized (
      select posts.status_id
      from public.posts
      where
        of_posts
        and posts.status_id in (select winning.item ->> 'status_id' from winning)
      order by posts.status_id
      for no key update
    ),
    judged as (
      select
        checked.index,
        winning.item,
        winning.key,
        deleted.index is not null as is_deleted,
        case
          when checked.problem is not null then checked.problem
          when deleted.index is not null then null
          when of_posts and winning.index is not null and known.status_id is null then 'no post has this status_id'
        end as problem
      from checked
      left join winning on winning.index = checked.index
      left join deleted on deleted.index = checked.index
      left join known on known.status_id = winning.item ->> 'status_id'
    ),
    ignored as (
      select
        sent.name,
        count(*) as times
      from sent
      where sent.kind is null
      group by sent.name
      union all
      select
        name,
        1
      from json_object_keys(case when is_single then '{}' else body end) as name
      where name not in ('items', 'replace')
    )
  select jsonb_build_object(
    'received', count(*),
    'items', coalesce(
      jsonb_agg(judged.item order by judged.key)
        filter (where judged.item is not null and judged.problem is null and not judged.is_deleted),
      '[]'
    ),
    'deleted', coalesce(jsonb_agg(judged.item order by judged.key) filter (where judged.is_deleted), '[]'),
    'superseded', count(*) filter (where judged.item is null and judged.problem is null),
    'ignored', (select coalesce(jsonb_object_agg(counted.name, counted.times), '{}') from (select name, sum(times) as times from ignored group by name) as counted),
    'errors', coalesce(
      jsonb_agg(jsonb_build_object('index', judged.index, 'message', judged.problem) order by judged.index)
        filter (where judged.problem is not null),
      '[]'
    ),
    'replace', not is_single and coalesce((body ->> 'replace')::boolean, false)
  )
  into batch
  from judged;

  if is_single and batch -> 'errors' <> '[]' then
    raise sqlstate 'PT400' using
      message = batch #>> '{errors,0,message}',
      hint = format('Required: %s. docs/api.md describes the fields.', array_to_string(required, ', '));
  end if;
  return batch;
end
$$;

comment on function public.read_batch is
$$The valid items of the body, with their values as they are stored, and the counts of the answer

- `fields`: the names of the fields, each with its kind (see read_value) and a ! if it is required
- `keys`: the fields that identify an item, each with its default
- `of_posts`: whether items belong to a post that must exist; these posts are locked
- `or_single`: whether the body may also be a single item; then an error is HTTP 400
- `of_tombstones`: whether items are tombstones, each with exactly one of the keys; others are skipped if they have one

The answer is `{received, items, deleted, superseded, ignored, errors, replace}`, items in the order of their key; deleted are those that have a tombstone.$$;

-- migrate:down
drop function public.read_batch;
