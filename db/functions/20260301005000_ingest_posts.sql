-- POST /rpc/ingest_posts, POST /v1/ingest/posts/batch

-- migrate:up
drop function if exists api.ingest_posts;

create function api.ingest_posts(items json)
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
  new_ids text[];
  changed_ids text[];
begin
  select
    coalesce(jsonb_agg(read.item order by read.item ->> 'status_id' collate "C") filter (where read.problem is null), '[]'),
    coalesce(
      json_agg(json_build_object('index', read.index, 'message', read.problem) order by read.index)
        filter (where read.problem is not null),
      '[]'
    )
  into batch, errors
  from public.read_items(
    items,
    '{
      "status_id": "key!", "url": "text!", "author_handle": "handle!", "author_display": "text", "body_text": "text",
      "posted_relative": "text", "source_query": "text", "watch_tier": "tier", "is_significant": "flag",
      "significance_reason": "text", "significance_version": "text",
      "likes": "count", "reposts": "count", "replies": "count", "views": "count",
      "initial_likes": "integer", "initial_reposts": "integer", "initial_replies": "integer", "initial_views": "integer",
      "likes_24h": "integer", "reposts_24h": "integer", "replies_24h": "integer", "views_24h": "integer",
      "refresh_24h_at": "time", "refresh_24h_status": "text",
      "refresh_24h_delta_likes": "integer", "refresh_24h_delta_reposts": "integer",
      "refresh_24h_delta_replies": "integer", "refresh_24h_delta_views": "integer",
      "discovered_at": "time!", "last_seen_at": "time!"
    }',
    '{status_id}'
  ) as read;

  -- In the order of the key, here and below: two batches at once wait for each other, and never both.
  with added as (
    insert into public.posts
    select new.*
    from jsonb_array_elements(batch) with ordinality as element(item, position)
    cross join lateral jsonb_populate_record(
      null::public.posts,
      jsonb_build_object(
        'is_significant', false, 'significance_version', 'v1', 'likes', 0, 'reposts', 0, 'replies', 0, 'views', 0,
        'created_at', now(), 'updated_at', now()
      ) || element.item
    ) as new
    order by element.position
    on conflict (status_id) do nothing
    returning status_id
  )
  select coalesce(array_agg(status_id), '{}')
  into new_ids
  from added;

  perform
  from public.posts
  where posts.status_id in (select item ->> 'status_id' from jsonb_array_elements(batch) as item)
  order by posts.status_id
  for no key update;

  -- A field that was not sent keeps its value; what was seen before the last time that the post was seen changes nothing.
  with changed as (
    update public.posts
    set
      url = new.url,
      author_handle = new.author_handle,
      author_display = new.author_display,
      body_text = new.body_text,
      posted_relative = new.posted_relative,
      source_query = new.source_query,
      watch_tier = new.watch_tier,
      is_significant = new.is_significant,
      significance_reason = new.significance_reason,
      significance_version = new.significance_version,
      likes = new.likes,
      reposts = new.reposts,
      replies = new.replies,
      views = new.views,
      initial_likes = new.initial_likes,
      initial_reposts = new.initial_reposts,
      initial_replies = new.initial_replies,
      initial_views = new.initial_views,
      likes_24h = new.likes_24h,
      reposts_24h = new.reposts_24h,
      replies_24h = new.replies_24h,
      views_24h = new.views_24h,
      refresh_24h_at = new.refresh_24h_at,
      refresh_24h_status = new.refresh_24h_status,
      refresh_24h_delta_likes = new.refresh_24h_delta_likes,
      refresh_24h_delta_reposts = new.refresh_24h_delta_reposts,
      refresh_24h_delta_replies = new.refresh_24h_delta_replies,
      refresh_24h_delta_views = new.refresh_24h_delta_views,
      discovered_at = new.discovered_at,
      last_seen_at = new.last_seen_at,
      updated_at = now()
    from jsonb_array_elements(batch) as item
    join public.posts as old on old.status_id = item ->> 'status_id'
    cross join lateral jsonb_populate_record(old, item) as new
    where
      posts.status_id = old.status_id
      and new.last_seen_at >= old.last_seen_at
      and new is distinct from old
      and posts.status_id <> all (new_ids)
    returning posts.status_id
  )
  select coalesce(array_agg(status_id), '{}')
  into changed_ids
  from changed;

  -- As the move derives them.
  insert into public.post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views, source)
  select
    posts.status_id,
    snapshot.type,
    snapshot.at,
    snapshot.likes,
    snapshot.reposts,
    snapshot.replies,
    snapshot.views,
    'ingest'
  from public.posts
  cross join lateral (
    values
      (
        'initial_capture',
        discovered_at,
        coalesce(initial_likes, likes),
        coalesce(initial_reposts, reposts),
        coalesce(initial_replies, replies),
        coalesce(initial_views, views)
      ),
      (
        'latest_observed',
        last_seen_at,
        likes,
        reposts,
        replies,
        views
      ),
      (
        'refresh_24h',
        refresh_24h_at,
        coalesce(likes_24h, likes),
        coalesce(reposts_24h, reposts),
        coalesce(replies_24h, replies),
        coalesce(views_24h, views)
      )
  ) as snapshot(type, at, likes, reposts, replies, views)
  where
    posts.status_id = any (new_ids || changed_ids)
    and snapshot.at is not null
  order by
    posts.status_id,
    snapshot.type
  on conflict do nothing;

  return public.ingest_result(json_array_length(items), cardinality(new_ids), cardinality(changed_ids), errors);
end
$$;

comment on function api.ingest_posts is
$$Puts up to 1,000 posts in

Each item has `status_id`, `url`, `author_handle`, `discovered_at`, `last_seen_at` and any other column of /posts. A post that is there already takes the fields that were sent, unless its `last_seen_at` is newer; its metrics are kept as snapshots. The answer is `{received, inserted, updated, skipped, errors}`: skipped ones changed nothing, errors name the item by its index from 0.$$;

grant execute on function api.ingest_posts to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_posts;
