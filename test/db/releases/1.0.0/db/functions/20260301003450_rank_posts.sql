-- The posts of a time range with the most of a metric, or the best one of each author

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
  size integer,
  per_author boolean default false
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
  -- Only the best post of each group is ranked: of each author, or each post by itself.
  best_groups text[] := '{}';
begin
  if nullif(rank_posts.handle, '') is not null or nullif(rank_posts.q, '') is not null then
    -- An index finds these posts. Planned each time: a generic plan could not drop the filters that were not given.
    return query execute format(
      '
        select
          ranked.status_id,
          ranked.value
        from (
          select %s
            post.status_id,
            public.metric_of(
              $1, post.likes, post.reposts, post.replies, post.views,
              coalesce((select grown.growth from public.post_growth(post.status_id, $3) as grown), 0)
            ) as value
          from api.feed(since => $2, until => $10, tier => $4, handle => $5, significant => $6, reported => $7, q => $8) as post
          %s
        ) as ranked
        order by
          ranked.value desc,
          ranked.status_id desc
        limit $9
      ',
      case when per_author then 'distinct on (post.author_handle)' end,
      case when per_author then 'order by post.author_handle, value desc, post.status_id desc' end
    )
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
        public.metric_of(
          measure,
          feed_buckets.max_likes, feed_buckets.max_reposts, feed_buckets.max_replies, feed_buckets.max_views, feed_buckets.max_growth
        )
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
    with
      best_of_groups as (
        select distinct on (candidate.group_key)
          candidate.status_id,
          candidate.value,
          candidate.group_key
        from (
          select
            known.status_id,
            known.value,
            known.group_key
          from unnest(best_ids, best_values, best_groups) as known(status_id, value, group_key)
          union all
          select
            post.status_id,
            case measure
              when 'growth' then coalesce((select grown.growth from public.post_growth(post.status_id, to_at) as grown), 0)
              else post.most
            end,
            case when per_author then post.author_handle collate "C" else post.status_id end
          from unnest(starts[place : place + step - 1], bucket_tiers[place : place + step - 1]) as bucket(starts_at, tier)
          -- Bucket by bucket: the planner expects a bucket to have thousands of posts, and would read the whole table. Each from
          -- the index that has the fewest other posts.
          cross join lateral (
            select
              posts.status_id,
              posts.author_handle,
              posts.is_significant,
              coalesce(posts.metrics_at, posts.last_seen_at) as observed_at,
              public.metric_of(
                measure, posts.likes, posts.reposts, posts.replies, posts.views,
                public.growth_limit(
                  posts.likes, posts.reposts, posts.replies,
                  posts.likes_24h, posts.reposts_24h, posts.replies_24h,
                  posts.initial_likes, posts.initial_reposts, posts.initial_replies
                )
              ) as most
            from api.posts
            where
              wants_significant is not true
              and posts.watch_tier = bucket.tier
              and posts.discovered_at >= greatest(bucket.starts_at, from_at)
              and posts.discovered_at < least(bucket.starts_at + quarter, to_at)
            union all
            select
              posts.status_id,
              posts.author_handle,
              posts.is_significant,
              coalesce(posts.metrics_at, posts.last_seen_at) as observed_at,
              public.metric_of(
                measure, posts.likes, posts.reposts, posts.replies, posts.views,
                public.growth_limit(
                  posts.likes, posts.reposts, posts.replies,
                  posts.likes_24h, posts.reposts_24h, posts.replies_24h,
                  posts.initial_likes, posts.initial_reposts, posts.initial_replies
                )
              ) as most
            from api.posts
            where
              wants_significant is not true
              and bucket.tier = 'other'
              and posts.watch_tier is null
              and posts.discovered_at >= greatest(bucket.starts_at, from_at)
              and posts.discovered_at < least(bucket.starts_at + quarter, to_at)
            union all
            select
              posts.status_id,
              posts.author_handle,
              posts.is_significant,
              coalesce(posts.metrics_at, posts.last_seen_at) as observed_at,
              public.metric_of(
                measure, posts.likes, posts.reposts, posts.replies, posts.views,
                public.growth_limit(
                  posts.likes, posts.reposts, posts.replies,
                  posts.likes_24h, posts.reposts_24h, posts.replies_24h,
                  posts.initial_likes, posts.initial_reposts, posts.initial_replies
                )
              ) as most
            from api.posts
            where
              wants_significant
              and posts.is_significant
              and coalesce(posts.watch_tier, 'other') = bucket.tier
              and posts.discovered_at >= greatest(bucket.starts_at, from_at)
              and posts.discovered_at < least(bucket.starts_at + quarter, to_at)
            offset 0
          ) as post
          where
            (wants_significant is not false or not post.is_significant)
            -- Not exists: the planner would read all reports.
            and (
              wants_reported is null
              or wants_reported = ((select reports.status_id from api.reports where reports.status_id = post.status_id) is not null)
            )
            -- Before to_at, a post that was seen later may have had more.
            and (
              cardinality(best_ids) < size
              or post.most > best_values[size]
              or (measure = 'growth' and post.observed_at >= to_at)
            )
        ) as candidate
        order by
          candidate.group_key,
          candidate.value desc,
          candidate.status_id desc
      ),
      best as (
        select
          best_of_groups.status_id,
          best_of_groups.value,
          best_of_groups.group_key
        from best_of_groups
        order by
          best_of_groups.value desc,
          best_of_groups.status_id desc
        limit size
      )
    select
      array_agg(best.status_id order by best.value desc, best.status_id desc),
      array_agg(best.value order by best.value desc, best.status_id desc),
      array_agg(best.group_key order by best.value desc, best.status_id desc)
    into best_ids, best_values, best_groups
    from best;
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
  'The posts discovered from from_at on and before to_at that have the most likes, reposts, replies, views or growth, with its value; with per_author, only the best one of each author. Buckets whose most is not enough are not read.';

grant execute on function public.rank_posts to web_anon, ingest;

-- migrate:down
drop function public.rank_posts;
