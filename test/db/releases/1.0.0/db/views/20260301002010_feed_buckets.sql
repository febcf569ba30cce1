-- The buckets of posts, for the functions that count

-- migrate:up
create or replace view public.feed_buckets as
select
  bucket.unit,
  bucket.bucket_at,
  bucket.tier,
  bucket.posts,
  bucket.significant,
  bucket.reported,
  bucket.significant_reported,
  bucket.max_likes,
  bucket.max_reposts,
  bucket.max_replies,
  bucket.max_views,
  bucket.max_growth
from public.post_buckets as bucket;

comment on view public.feed_buckets is 'The rows of public.post_buckets, which anyone may read.';

grant select on public.feed_buckets to web_anon, ingest;

-- migrate:down
drop view public.feed_buckets;
