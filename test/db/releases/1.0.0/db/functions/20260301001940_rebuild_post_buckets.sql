-- Counts all posts again

-- migrate:up
create or replace function public.rebuild_post_buckets()
returns void
language sql
set search_path = ''
as $$
  -- Whoever writes posts and reports has to wait, or both would count the change.
  lock table public.posts, public.reports in share row exclusive mode;

  delete from public.post_buckets;

  insert into public.post_buckets (
    unit, bucket_at, tier, posts, significant, reported, significant_reported,
    max_likes, max_reposts, max_replies, max_views, max_growth, change_id
  )
  select
    bucket.unit,
    date_bin(bucket.width, quarter.starts_at, '2000-01-01T00:00:00Z'),
    quarter.tier,
    sum(quarter.posts),
    sum(quarter.significant),
    sum(quarter.reported),
    sum(quarter.significant_reported),
    max(quarter.likes),
    max(quarter.reposts),
    max(quarter.replies),
    max(quarter.views),
    max(quarter.growth),
    0
  from (
    select
      date_bin('15 minutes', post.discovered_at, '2000-01-01T00:00:00Z') as starts_at,
      coalesce(post.watch_tier, 'other') as tier,
      count(*) as posts,
      count(*) filter (where post.is_significant) as significant,
      count(report.status_id) as reported,
      count(report.status_id) filter (where post.is_significant) as significant_reported,
      max(post.likes) as likes,
      max(post.reposts) as reposts,
      max(post.replies) as replies,
      max(post.views) as views,
      max(
        public.growth_limit(
          post.likes, post.reposts, post.replies,
          post.likes_24h, post.reposts_24h, post.replies_24h,
          post.initial_likes, post.initial_reposts, post.initial_replies
        )
      ) as growth
    from public.posts as post
    left join public.reports as report on report.status_id = post.status_id
    group by 1, 2
  ) as quarter
  cross join public.bucket_units() as bucket
  group by 1, 2, 3
$$;

comment on function public.rebuild_post_buckets is
  'Counts all posts again: for an import, which is faster without the triggers, and for a database that had posts before them.';

select public.rebuild_post_buckets();

-- migrate:down
drop function public.rebuild_post_buckets;
