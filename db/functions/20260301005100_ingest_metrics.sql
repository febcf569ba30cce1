-- POST /rpc/ingest_metrics, POST /v1/ingest/metrics/batch

-- migrate:up
drop function if exists api.ingest_metrics;

create function api.ingest_metrics(items json)
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
  -- Posts are locked in the order of their key: two batches at once wait for each other, and never both.
  with
    read as materialized (
      select index, item, problem
      from public.read_items(
        items,
        '{
          "status_id": "key!", "snapshot_type": "snapshot", "snapshot_at": "time!",
          "likes": "integer!", "reposts": "integer!", "replies": "integer!", "views": "integer!"
        }',
        '{status_id, snapshot_type, snapshot_at}'
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
    coalesce(
      jsonb_agg('{"snapshot_type": "latest_observed"}'::jsonb || jsonb_strip_nulls(checked.item)) filter (where checked.problem is null),
      '[]'
    ),
    coalesce(
      json_agg(json_build_object('index', checked.index, 'message', checked.problem) order by checked.index)
        filter (where checked.problem is not null),
      '[]'
    )
  into batch, errors
  from checked;

  with put as (
    insert into public.post_metrics_snapshots as snapshots (
      status_id,
      snapshot_type,
      snapshot_at,
      likes,
      reposts,
      replies,
      views,
      source
    )
    select
      status_id,
      snapshot_type,
      snapshot_at,
      likes,
      reposts,
      replies,
      views,
      'ingest'
    from jsonb_populate_recordset(null::public.post_metrics_snapshots, batch)
    order by
      status_id,
      snapshot_type,
      snapshot_at
    on conflict (status_id, snapshot_type, snapshot_at) do update
    set
      likes = excluded.likes,
      reposts = excluded.reposts,
      replies = excluded.replies,
      views = excluded.views,
      source = excluded.source
    where
      (snapshots.likes, snapshots.reposts, snapshots.replies, snapshots.views)
      is distinct from (excluded.likes, excluded.reposts, excluded.replies, excluded.views)
    returning xmax = 0 as is_new
  )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from put;

  -- The post's own metrics only move forward.
  update public.posts
  set
    likes = newest.likes,
    reposts = newest.reposts,
    replies = newest.replies,
    views = newest.views,
    last_seen_at = newest.snapshot_at,
    updated_at = now()
  from (
    select distinct on (status_id)
      status_id,
      snapshot_at,
      likes,
      reposts,
      replies,
      views
    from jsonb_populate_recordset(null::public.post_metrics_snapshots, batch)
    order by
      status_id,
      snapshot_at desc,
      snapshot_type desc
  ) as newest
  where
    posts.status_id = newest.status_id
    and newest.snapshot_at >= posts.last_seen_at
    and (posts.likes, posts.reposts, posts.replies, posts.views, posts.last_seen_at)
      is distinct from (newest.likes, newest.reposts, newest.replies, newest.views, newest.snapshot_at);

  update public.posts
  set
    likes_24h = refresh.likes,
    reposts_24h = refresh.reposts,
    replies_24h = refresh.replies,
    views_24h = refresh.views,
    refresh_24h_at = refresh.snapshot_at,
    updated_at = now()
  from (
    select distinct on (status_id)
      status_id,
      snapshot_at,
      likes,
      reposts,
      replies,
      views
    from jsonb_populate_recordset(null::public.post_metrics_snapshots, batch)
    where snapshot_type = 'refresh_24h'
    order by
      status_id,
      snapshot_at desc
  ) as refresh
  where
    posts.status_id = refresh.status_id
    and (posts.refresh_24h_at is null or refresh.snapshot_at >= posts.refresh_24h_at)
    and (posts.likes_24h, posts.reposts_24h, posts.replies_24h, posts.views_24h, posts.refresh_24h_at)
      is distinct from (refresh.likes, refresh.reposts, refresh.replies, refresh.views, refresh.snapshot_at);

  return public.ingest_result(json_array_length(items), inserted, updated, errors);
end
$$;

comment on function api.ingest_metrics is
$$Puts up to 1,000 snapshots of metrics in

Each item has `status_id`, `snapshot_at`, the four counts `likes`, `reposts`, `replies`, `views`, and a `snapshot_type` (initial_capture, latest_observed or refresh_24h; latest_observed when not given). The post's own metrics take the newest. The answer is `{received, inserted, updated, skipped, errors}`.$$;

grant execute on function api.ingest_metrics to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_metrics;
