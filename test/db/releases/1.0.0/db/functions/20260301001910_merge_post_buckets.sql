-- Adds the changes in public.post_buckets to its totals

-- migrate:up
create or replace function public.merge_post_buckets()
returns void
language sql
set search_path = ''
as $$
  with changes as (
    delete from public.post_buckets
    where change_id > 0
    returning *
  )
  insert into public.post_buckets as total (
    unit, bucket_at, tier, posts, significant, reported, significant_reported,
    max_likes, max_reposts, max_replies, max_views, max_growth, change_id
  )
  select
    unit,
    bucket_at,
    tier,
    sum(posts),
    sum(significant),
    sum(reported),
    sum(significant_reported),
    max(max_likes),
    max(max_reposts),
    max(max_replies),
    max(max_views),
    max(max_growth),
    0
  from changes
  group by unit, bucket_at, tier
  on conflict (unit, bucket_at, tier, change_id) do update
  set
    posts = total.posts + excluded.posts,
    significant = total.significant + excluded.significant,
    reported = total.reported + excluded.reported,
    significant_reported = total.significant_reported + excluded.significant_reported,
    max_likes = greatest(total.max_likes, excluded.max_likes),
    max_reposts = greatest(total.max_reposts, excluded.max_reposts),
    max_replies = greatest(total.max_replies, excluded.max_replies),
    max_views = greatest(total.max_views, excluded.max_views),
    max_growth = greatest(total.max_growth, excluded.max_growth)
$$;

comment on function public.merge_post_buckets is 'Adds changes to their totals. Only for whoever has the lock of public.count_posts.';

-- migrate:down
drop function public.merge_post_buckets;
