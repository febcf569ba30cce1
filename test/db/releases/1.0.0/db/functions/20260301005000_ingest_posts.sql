-- POST /rpc/ingest_posts, POST /v1/ingest/posts/batch

-- migrate:up
drop function if exists api.ingest_posts;

create function api.ingest_posts(json)
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
    '{"status_id": null}'
  );
  metrics constant text[] := '{likes, reposts, replies, views}';
  refresh constant text[] := '{
    likes_24h, reposts_24h, replies_24h, views_24h, refresh_24h_at, refresh_24h_status, refresh_24h_delta_likes,
    refresh_24h_delta_reposts, refresh_24h_delta_replies, refresh_24h_delta_views
  }';
  new_ids text[];
  changed_ids text[];
begin
  -- A post of a deleted author gets a tombstone of its own: it stays deleted when the account is renamed.
  with buried as (
    insert into public.deleted_posts (status_id, handle)
    select
      item ->> 'status_id',
      author.handle
    from jsonb_array_elements(batch -> 'deleted') with ordinality as element(item, position)
    join public.deleted_authors as author on author.handle = item ->> 'author_handle'
    order by position
    on conflict (status_id) do nothing
    returning status_id
  )
  delete from public.posts
  where status_id in (select status_id from buried);

  -- In the order of the key, here and below, so that concurrent batches wait for each other instead of deadlocking.
  with added as (
    insert into public.posts (
      status_id, url, author_handle, author_display, body_text, posted_relative, source_query, watch_tier,
      is_significant, significance_reason, significance_version, likes, reposts, replies, views, initial_likes,
      initial_reposts, initial_replies, initial_views, likes_24h, reposts_24h, replies_24h, views_24h, refresh_24h_at,
      refresh_24h_status, refresh_24h_delta_likes, refresh_24h_delta_reposts, refresh_24h_delta_replies,
      refresh_24h_delta_views, discovered_at, last_seen_at, metrics_at, created_at, updated_at
    )
    select
      status_id, url, author_handle, author_display, body_text, posted_relative, source_query, watch_tier,
      is_significant, significance_reason, significance_version, likes, reposts, replies, views, initial_likes,
      initial_reposts, initial_replies, initial_views, likes_24h, reposts_24h, replies_24h, views_24h, refresh_24h_at,
      refresh_24h_status, refresh_24h_delta_likes, refresh_24h_delta_reposts, refresh_24h_delta_replies,
      refresh_24h_delta_views, discovered_at, last_seen_at, metrics_at, created_at, updated_at
    from jsonb_array_elements(batch -> 'items') with ordinality as element(item, position)
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
  where posts.status_id in (select item ->> 'status_id' from jsonb_array_elements(batch -> 'items') as item)
  order by posts.status_id
  for no key update;

  with
    -- An item says what was true when the post was seen. What was observed later is kept: the whole post, or only its metrics
    -- or its refresh, for which /rpc/ingest_metrics keeps times of their own.
    seen as materialized (
      -- Just inserted as they are.
      select
        posts as old,
        posts as new,
        posts as stored,
        true as has_metrics
      from public.posts
      where posts.status_id = any (new_ids)
      union all
      select
        old,
        new,
        jsonb_populate_record(
          old,
          item
            - case when clock.has_newer_metrics then metrics else '{}' end
            - case when clock.has_newer_refresh then refresh else '{}' end
            || jsonb_build_object('metrics_at', case when clock.metrics_at <> new.last_seen_at then clock.metrics_at end)
        ),
        item ?| metrics
      from jsonb_array_elements(batch -> 'items') as item
      join public.posts as old on old.status_id = item ->> 'status_id'
      cross join lateral jsonb_populate_record(old, item) as new
      cross join lateral (
        select
          not (batch -> 'replace')::boolean as is_checked,
          coalesce(old.metrics_at, old.last_seen_at) as metrics_at
      ) as given
      cross join lateral (
        select
          given.is_checked and given.metrics_at > new.last_seen_at as has_newer_metrics,
          given.is_checked
            and old.refresh_24h_at > new.last_seen_at
            and old.refresh_24h_at > coalesce(new.refresh_24h_at, '-infinity') as has_newer_refresh,
          case
            when item ?| metrics and not (given.is_checked and given.metrics_at > new.last_seen_at) then new.last_seen_at
            else given.metrics_at
          end as metrics_at
      ) as clock
      where
        old.status_id <> all (new_ids)
        and (
          not given.is_checked
          or new.last_seen_at >= old.last_seen_at
        )
    ),
    changed as (
      update public.posts
      set
        url = (seen.stored).url,
        author_handle = (seen.stored).author_handle,
        author_display = (seen.stored).author_display,
        body_text = (seen.stored).body_text,
        posted_relative = (seen.stored).posted_relative,
        source_query = (seen.stored).source_query,
        watch_tier = (seen.stored).watch_tier,
        is_significant = (seen.stored).is_significant,
        significance_reason = (seen.stored).significance_reason,
        significance_version = (seen.stored).significance_version,
        likes = (seen.stored).likes,
        reposts = (seen.stored).reposts,
        replies = (seen.stored).replies,
        views = (seen.stored).views,
        initial_likes = (seen.stored).initial_likes,
        initial_reposts = (seen.stored).initial_reposts,
        initial_replies = (seen.stored).initial_replies,
        initial_views = (seen.stored).initial_views,
        likes_24h = (seen.stored).likes_24h,
        reposts_24h = (seen.stored).reposts_24h,
        replies_24h = (seen.stored).replies_24h,
        views_24h = (seen.stored).views_24h,
        refresh_24h_at = (seen.stored).refresh_24h_at,
        refresh_24h_status = (seen.stored).refresh_24h_status,
        refresh_24h_delta_likes = (seen.stored).refresh_24h_delta_likes,
        refresh_24h_delta_reposts = (seen.stored).refresh_24h_delta_reposts,
        refresh_24h_delta_replies = (seen.stored).refresh_24h_delta_replies,
        refresh_24h_delta_views = (seen.stored).refresh_24h_delta_views,
        discovered_at = (seen.stored).discovered_at,
        last_seen_at = (seen.stored).last_seen_at,
        metrics_at = (seen.stored).metrics_at,
        updated_at = now()
      from seen
      where
        posts.status_id = (seen.old).status_id
        and seen.stored is distinct from seen.old
      returning posts.status_id
    ),
    -- Derived as in the import: docs/rules.md#derived-metrics.
    derived as (
      select
        (seen.new).status_id,
        snapshot.*
      from seen
      cross join lateral (
        values
          (
            'initial_capture',
            (seen.new).discovered_at,
            coalesce((seen.new).initial_likes, (seen.new).likes),
            coalesce((seen.new).initial_reposts, (seen.new).reposts),
            coalesce((seen.new).initial_replies, (seen.new).replies),
            coalesce((seen.new).initial_views, (seen.new).views)
          ),
          (
            'latest_observed',
            case when seen.has_metrics then (seen.new).last_seen_at end,
            (seen.new).likes,
            (seen.new).reposts,
            (seen.new).replies,
            (seen.new).views
          ),
          (
            'refresh_24h',
            (seen.new).refresh_24h_at,
            coalesce((seen.new).likes_24h, (seen.new).likes),
            coalesce((seen.new).reposts_24h, (seen.new).reposts),
            coalesce((seen.new).replies_24h, (seen.new).replies),
            coalesce((seen.new).views_24h, (seen.new).views)
          )
      ) as snapshot(snapshot_type, snapshot_at, likes, reposts, replies, views)
      where snapshot.snapshot_at is not null
    ),
    put as (
      insert into public.post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views, source)
      select
        derived.status_id,
        derived.snapshot_type,
        derived.snapshot_at,
        derived.likes,
        derived.reposts,
        derived.replies,
        derived.views,
        given.source
      from derived
      -- Items that replace come from the monitor's file, as in a move.
      cross join (select case when (batch -> 'replace')::boolean then 'sqlite_migration' else 'ingest' end as source) as given
      left join public.post_metrics_snapshots as old
        on old.status_id = derived.status_id
        and old.snapshot_type = derived.snapshot_type
        and old.snapshot_at = derived.snapshot_at
      where
        (old.likes, old.reposts, old.replies, old.views, old.source)
        is distinct from (
          derived.likes, derived.reposts, derived.replies, derived.views,
          case when (batch -> 'replace')::boolean then given.source else old.source end
        )
      order by
        derived.status_id,
        derived.snapshot_type,
        derived.snapshot_at
      on conflict (status_id, snapshot_type, snapshot_at) do update
      set
        likes = excluded.likes,
        reposts = excluded.reposts,
        replies = excluded.replies,
        views = excluded.views,
        source = case when (batch -> 'replace')::boolean then excluded.source else post_metrics_snapshots.source end
      returning status_id
    )
  select coalesce(array_agg(touched.status_id), '{}')
  into changed_ids
  from (
    select status_id
    from changed
    union
    select status_id
    from put
  ) as touched
  where touched.status_id <> all (new_ids);

  -- As in the import: what was derived from an instant that has been corrected is deleted.
  delete from public.post_metrics_snapshots as snapshots
  using public.posts
  where
    posts.status_id = any (changed_ids)
    and snapshots.status_id = posts.status_id
    and snapshots.source = 'sqlite_migration'
    and case snapshots.snapshot_type
      when 'initial_capture' then snapshots.snapshot_at <> posts.discovered_at
      when 'latest_observed' then snapshots.snapshot_at > posts.last_seen_at
      when 'refresh_24h' then snapshots.snapshot_at is distinct from posts.refresh_24h_at
    end;

  return public.ingest_answer(batch, cardinality(new_ids), cardinality(changed_ids));
end
$$;

comment on function api.ingest_posts is
$$Inserts or updates up to 1,000 posts

Send `{"items": [...]}`. Each item has `status_id`, `url`, `author_handle`, `discovered_at`, `last_seen_at`, and any other column of /posts except `created_at`, `updated_at` and `metrics_at`. The fields that were sent replace those of a stored post, unless that was seen later; the metrics are also kept as snapshots. With `"replace": true` next to items, they replace them even then. The answer is `{received, inserted, updated, skipped, superseded, deleted, ignored, errors}`: skipped items changed nothing, the key of superseded ones occurs again later in the batch, deleted ones were deleted on request and are not stored, ignored counts unknown fields, errors have the index of the item, from 0.$$;

grant execute on function api.ingest_posts to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_posts;
