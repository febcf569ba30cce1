-- The posts of a time range with the most of a metric

-- migrate:up
drop function if exists public.rank_posts;

create function public.rank_posts(
  measure text,
  from_at timestamptz,
  to_at timestamptz,
  tier text,
  handle text,
  significant text,
  reported text,
  q text,
  size integer
)
returns table (status_id text, value double precision)
language plpgsql
stable
set search_path = ''
-- Planning takes longer than reading a few hundred posts.
set plan_cache_mode = 'force_generic_plan'
rows 20
as $$
#variable_conflict use_column
declare
  quarter constant interval := '15 minutes';
  tiers constant text[] := public.parse_tiers(nullif(rank_posts.tier, ''));
  wants_significant constant boolean := public.parse_boolean('significant', rank_posts.significant);
  wants_reported constant boolean := public.parse_boolean('reported', rank_posts.reported);
  starts timestamptz[];
  bucket_tiers text[];
  -- No post of the bucket has more.
  most double precision[];
  place integer := 1;
  step integer := 1;
  best_ids text[] := '{}';
  best_values double precision[] := '{}';
begin
  if nullif(rank_posts.handle, '') is not null or nullif(rank_posts.q, '') is not null then
    -- An index finds these posts. Planned each time: a generic plan could not drop the filters that were not given.
    return query execute '
      select
        post.status_id,
        case $1
          when ''likes'' then post.likes
          when ''reposts'' then post.reposts
          when ''replies'' then post.replies
          when ''views'' then post.views
          when ''growth'' then coalesce((select grown.growth from public.post_growth(post.status_id, $3) as grown), 0)
        end
      from api.feed(since => $2, until => $10, tier => $4, handle => $5, significant => $6, reported => $7, q => $8) as post
      order by
        2 desc,
        1 desc
      limit $9'
    using measure, from_at::text, to_at, tier, handle, significant, reported, q, size, nullif(to_at, 'infinity')::text;
    return;
  end if;

  select
    array_agg(bucket.bucket_at order by bucket.most desc, bucket.bucket_at desc),
    array_agg(bucket.tier order by bucket.most desc, bucket.bucket_at desc),
    array_agg(bucket.most order by bucket.most desc, bucket.bucket_at desc)
  into starts, bucket_tiers, most
  from (
    select
      feed_buckets.bucket_at,
      feed_buckets.tier,
      max(
        case measure
          when 'likes' then feed_buckets.max_likes
          when 'reposts' then feed_buckets.max_reposts
          when 'replies' then feed_buckets.max_replies
          when 'views' then feed_buckets.max_views
          when 'growth' then feed_buckets.max_growth
        end
      ) as most
    from public.feed_buckets
    where
      feed_buckets.unit = 'quarter_hour'
      and feed_buckets.bucket_at > from_at - quarter
      and feed_buckets.bucket_at < to_at
      and (tiers is null or feed_buckets.tier = any (tiers))
    group by
      feed_buckets.bucket_at,
      feed_buckets.tier
    having sum(feed_buckets.posts) > 0
  ) as bucket;

  while place <= cardinality(starts) loop
    exit when cardinality(best_ids) = size and best_values[size] >= most[place];
    select
      array_agg(best.status_id order by best.value desc, best.status_id desc),
      array_agg(best.value order by best.value desc, best.status_id desc)
    into best_ids, best_values
    from (
      select
        known.status_id,
        known.value
      from unnest(best_ids, best_values) as known(status_id, value)
      union all
      select
        post.status_id,
        case measure
          when 'likes' then post.likes
          when 'reposts' then post.reposts
          when 'replies' then post.replies
          when 'views' then post.views
          when 'growth' then coalesce((select grown.growth from public.post_growth(post.status_id, to_at) as grown), 0)
        end
      from unnest(starts[place : place + step - 1], bucket_tiers[place : place + step - 1]) as bucket(starts_at, tier)
      -- Bucket by bucket: the planner expects a bucket to have thousands of posts, and would read the whole table.
      cross join lateral (
        select
          posts.status_id,
          posts.is_significant,
          posts.likes,
          posts.reposts,
          posts.replies,
          posts.views,
          public.growth_limit(
            posts.likes, posts.reposts, posts.replies,
            posts.likes_24h, posts.reposts_24h, posts.replies_24h,
            posts.initial_likes, posts.initial_reposts, posts.initial_replies
          ) as growth_limit,
          coalesce(posts.metrics_at, posts.last_seen_at) as observed_at
        from api.posts
        where
          posts.watch_tier = bucket.tier
          and posts.discovered_at >= greatest(bucket.starts_at, from_at)
          and posts.discovered_at < least(bucket.starts_at + quarter, to_at)
        union all
        select
          posts.status_id,
          posts.is_significant,
          posts.likes,
          posts.reposts,
          posts.replies,
          posts.views,
          public.growth_limit(
            posts.likes, posts.reposts, posts.replies,
            posts.likes_24h, posts.reposts_24h, posts.replies_24h,
            posts.initial_likes, posts.initial_reposts, posts.initial_replies
          ) as growth_limit,
          coalesce(posts.metrics_at, posts.last_seen_at) as observed_at
        from api.posts
        where
          posts.watch_tier is null
          and bucket.tier = 'other'
          and posts.discovered_at >= greatest(bucket.starts_at, from_at)
          and posts.discovered_at < least(bucket.starts_at + quarter, to_at)
        offset 0
      ) as post
      where
        (wants_significant is null or post.is_significant = wants_significant)
        and (
          wants_reported is null
          or wants_reported = exists (select from api.reports where reports.status_id = post.status_id)
        )
        -- Not worth reading the snapshots of.
        and (
          measure <> 'growth'
          or cardinality(best_ids) < size
          or post.observed_at >= to_at
          or post.growth_limit > best_values[size]
        )
      order by
        2 desc,
        1 desc
      limit size
    ) as best;
    best_ids := coalesce(best_ids, '{}');
    place := place + step;
    -- More at a time than the last ones needed may be far too many; one at a time, each statement costs more than what it reads.
    step := least(step * 2, 8);
  end loop;

  return query
  select
    best.status_id,
    best.value
  from unnest(best_ids, best_values) as best(status_id, value);
end
$$;

comment on function public.rank_posts is
  'The posts discovered from from_at on and before to_at that have the most likes, reposts, replies, views or growth, with its value. Buckets whose most is not enough are not read.';

grant execute on function public.rank_posts to web_anon, ingest;

-- migrate:down
drop function public.rank_posts;
