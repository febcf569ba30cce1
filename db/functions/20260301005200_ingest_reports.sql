-- POST /rpc/ingest_reports, POST /v1/ingest/reports/batch

-- migrate:up
drop function if exists api.ingest_reports;

create function api.ingest_reports(items json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  batch jsonb;
  errors json;
  inserted bigint;
  updated bigint;
begin
  -- The posts are locked in the order of their key: two batches at once wait for each other, and never both.
  with
    read as materialized (
      select index, item, problem
      from public.read_items(
        items,
        '{"status_id": "key!", "reported_at": "time!", "channel": "text", "summary": "text", "destination": "text"}',
        '{status_id}'
      )
    ),
    known as materialized (
      select posts.status_id
      from public.posts
      where posts.status_id in (select read.item ->> 'status_id' from read where read.problem is null)
      order by posts.status_id
      for no key update
    ),
    checked as (
      select
        read.index,
        read.item,
        coalesce(read.problem, case when known.status_id is null then 'status_id is of no post' end) as problem
      from read
      left join known on known.status_id = read.item ->> 'status_id'
    )
  select
    coalesce(jsonb_agg(checked.item) filter (where checked.problem is null), '[]'),
    coalesce(
      json_agg(json_build_object('index', checked.index, 'message', checked.problem) order by checked.index)
        filter (where checked.problem is not null),
      '[]'
    )
  into batch, errors
  from checked;

  -- A field that was not sent keeps its value.
  with put as (
    insert into public.reports as old (status_id, reported_at, channel, summary, destination)
    select
      new.status_id,
      new.reported_at,
      new.channel,
      new.summary,
      new.destination
    from jsonb_array_elements(batch) as item
    left join public.reports as old on old.status_id = item ->> 'status_id'
    cross join lateral jsonb_populate_record(old, item) as new
    order by new.status_id
    on conflict (status_id) do update
    set
      reported_at = excluded.reported_at,
      channel = excluded.channel,
      summary = excluded.summary,
      destination = excluded.destination
    where
      (old.reported_at, old.channel, old.summary, old.destination)
      is distinct from (excluded.reported_at, excluded.channel, excluded.summary, excluded.destination)
    returning xmax = 0 as is_new
  )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from put;

  return public.ingest_result(json_array_length(items), inserted, updated, errors);
end
$$;

comment on function api.ingest_reports is
$$Puts up to 1,000 reports in

Each item has `status_id`, `reported_at`, and may have `channel`, `summary`, `destination`. The answer is `{received, inserted, updated, skipped, errors}`; a report of an unknown post is an error.$$;

grant execute on function api.ingest_reports to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_reports;
