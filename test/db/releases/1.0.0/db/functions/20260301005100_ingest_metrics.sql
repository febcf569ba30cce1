-- POST /rpc/ingest_metrics, POST /v1/ingest/metrics/batch

-- migrate:up
drop function if exists api.ingest_metrics;

create function api.ingest_metrics(json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  batch constant jsonb := public.read_batch(
    $1,
    '{
      "status_id": "key!", "snapshot_type": "snapshot", "snapshot_at": "time!",
      "likes": "integer!", "reposts": "integer!", "replies": "integer!", "views": "integer!", "source": "source"
    }',
    '{"status_id": null, "snapshot_type": "latest_observed", "snapshot_at": null}',
    of_posts => true
  );
  inserted bigint;
  updated bigint;
begin
  with put as (
    insert into public.post_metrics_snapshots as old (
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
      new.status_id,
      new.snapshot_type,
      new.snapshot_at,
      new.likes,
      new.reposts,
      new.replies,
      new.views,
      coalesce(new.source, 'ingest')
    from jsonb_populate_recordset(null::public.post_metrics_snapshots, batch -> 'items') as new
    order by
      new.status_id,
      new.snapshot_type,
      new.snapshot_at
    on conflict (status_id, snapshot_type, snapshot_at) do update
    set
      likes = excluded.likes,
      reposts = excluded.reposts,
      replies = excluded.replies,
      views = excluded.views,
      source = excluded.source
    where
      (old.likes, old.reposts, old.replies, old.views, old.source)
      is distinct from (excluded.likes, excluded.reposts, excluded.replies, excluded.views, excluded.source)
    returning xmax = 0 as is_new
  )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from put;

  -- Newer metrics replace those of the post, and metrics_at has their time; the rest of the post is as of last_seen_at.
  update public.posts
  set
    likes = new.likes,
    reposts = new.reposts,
    replies = new.replies,
    views = new.views,
    metrics_at = nullif(new.snapshot_at, posts.last_seen_at),
    updated_at = now()
  from (
    select distinct on (status_id)
      status_id,
      snapshot_at,
      likes,
      reposts,
      replies,
      views
    from jsonb_populate_recordset(null::public.post_metrics_snapshots, batch -> 'items')
    order by
      status_id,
      snapshot_at desc,
      snapshot_type desc
  ) as new
  where
    posts.status_id = new.status_id
    and new.snapshot_at >= coalesce(posts.metrics_at, posts.last_seen_at)
    and (posts.likes, posts.reposts, posts.replies, posts.views, coalesce(posts.metrics_at, posts.last_seen_at))
      is distinct from (new.likes, new.reposts, new.replies, new.views, new.snapshot_at);

  update public.posts
  set
    likes_24h = new.likes,
    reposts_24h = new.reposts,
    replies_24h = new.replies,
    views_24h = new.views,
    refresh_24h_at = new.snapshot_at,
    updated_at = now()
  from (
    select distinct on (status_id)
      status_id,
      snapshot_at,
      likes,
      reposts,
      replies,
      views
    from jsonb_populate_recordset(null::public.post_metrics_snapshots, batch -> 'items')
    where snapshot_type = 'refresh_24h'
    order by
      status_id,
      snapshot_at desc
  ) as new
  where
    posts.status_id = new.status_id
    and (posts.refresh_24h_at is null or new.snapshot_at >= posts.refresh_24h_at)
    and (posts.likes_24h, posts.reposts_24h, posts.replies_24h, posts.views_24h, posts.refresh_24h_at)
      is distinct from (new.likes, new.reposts, new.replies, new.views, new.snapshot_at);

  -- Otherwise the next write of the post would derive this snapshot from other metrics.
  update public.posts
  set
    initial_likes = new.likes,
    initial_reposts = new.reposts,
    initial_replies = new.replies,
    initial_views = new.views,
    updated_at = now()
  from jsonb_populate_recordset(null::public.post_metrics_snapshots, batch -> 'items') as new
  where
    posts.status_id = new.status_id
    and new.snapshot_type = 'initial_capture'
    and posts.discovered_at = new.snapshot_at
    and (posts.initial_likes, posts.initial_reposts, posts.initial_replies, posts.initial_views)
      is distinct from (new.likes, new.reposts, new.replies, new.views);

  return public.ingest_answer(batch, inserted, updated);
end
$$;

comment on function api.ingest_metrics is
$$Inserts or updates up to 1,000 snapshots of metrics

Send `{"items": [...]}`. Each item has `status_id`, `snapshot_at`, the four counts `likes`, `reposts`, `replies`, `views`, and optionally `snapshot_type` (initial_capture, latest_observed or refresh_24h; by default latest_observed) and `source` (by default ingest). The post's own metrics are those of its newest snapshot. The answer is that of /rpc/ingest_posts; an item for an unknown post is an error.$$;

grant execute on function api.ingest_metrics to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_metrics;
