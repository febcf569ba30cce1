-- POST /rpc/ingest_removals

-- migrate:up
drop function if exists api.ingest_removals;

create function api.ingest_removals(json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  tables constant text[] := array['watch_accounts', 'posts', 'reports', 'pipeline_runs', 'embeddings'];
  items jsonb;
  errors json;
  removed bigint := 0;
  counted bigint;
begin
  -- Or a deletion of the same posts and this one could wait for each other.
  lock table public.deleted_authors in row share mode;

  if json_typeof($1) <> 'object' or json_typeof($1 -> 'items') is distinct from 'array' then
    raise sqlstate 'PT400' using
      message = 'the body has no items',
      detail = 'Argument: items',
      hint = 'Send a JSON object with an array of up to 1,000 objects: {"items": [...]}';
  elsif json_array_length($1 -> 'items') > 1000 then
    raise sqlstate 'PT400' using
      message = format('items has %s elements', json_array_length($1 -> 'items')),
      detail = 'Argument: items',
      hint = 'Send an array of up to 1,000 objects.';
  end if;
  items := $1 -> 'items';

  select coalesce(json_agg(json_build_object('index', index, 'message', problem) order by index), '[]')
  into errors
  from (
    select
      position - 1 as index,
      case
        when jsonb_typeof(item) <> 'object' then 'is not an object'
        when not coalesce(item ->> 'table_name' = any (tables), false) then 'table_name is not one of ' || array_to_string(tables, ', ')
        when jsonb_typeof(item -> 'key') is distinct from 'array' then 'key is not an array'
      end as problem
    from jsonb_array_elements(items) with ordinality as element(item, position)
  ) as judged
  where problem is not null;

  -- Children first, so that each row is counted; metrics are deleted with their post.
  delete from public.embeddings
  where status_id in (select item #>> '{key,0}' from jsonb_array_elements(items) as item where item ->> 'table_name' = 'embeddings');
  get diagnostics counted = row_count;
  removed := removed + counted;

  delete from public.reports
  where status_id in (select item #>> '{key,0}' from jsonb_array_elements(items) as item where item ->> 'table_name' = 'reports');
  get diagnostics counted = row_count;
  removed := removed + counted;

  delete from public.pipeline_runs
  where
    jsonb_build_array(encode(timestamptz_send(run_at), 'hex'), mode, source)
    in (select item -> 'key' from jsonb_array_elements(items) as item where item ->> 'table_name' = 'pipeline_runs');
  get diagnostics counted = row_count;
  removed := removed + counted;

  delete from public.watch_accounts
  where handle in (select item #>> '{key,0}' from jsonb_array_elements(items) as item where item ->> 'table_name' = 'watch_accounts');
  get diagnostics counted = row_count;
  removed := removed + counted;

  delete from public.posts
  where status_id in (select item #>> '{key,0}' from jsonb_array_elements(items) as item where item ->> 'table_name' = 'posts');
  get diagnostics counted = row_count;
  removed := removed + counted;

  perform public.log_write(0, 0, removed);

  return json_build_object(
    'received', jsonb_array_length(items),
    'removed', removed,
    'skipped', jsonb_array_length(items) - removed - json_array_length(errors),
    'ignored', (
      select coalesce(json_object_agg(counted.name, counted.times), '{}')
      from (
        select
          field.name,
          count(*) as times
        from jsonb_array_elements(items) as item
        cross join lateral jsonb_object_keys(case jsonb_typeof(item) when 'object' then item else '{}' end) as field(name)
        where field.name not in ('table_name', 'key')
        group by field.name
      ) as counted
    ),
    'errors', errors
  );
end
$$;

comment on function api.ingest_removals is
$$Removes up to 1,000 rows that are no longer in the monitor's file

Send `{"items": [...]}`. Each item has `table_name` and `key`, as /rpc/ingest_digest lists them. The metrics, the report and the embedding of a post are removed with it. A row that is sent again is stored again; /rpc/ingest_deletions prevents that. The answer is `{received, removed, skipped, ignored, errors}`: skipped rows did not exist, ignored counts unknown fields.$$;

grant execute on function api.ingest_removals to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_removals;
