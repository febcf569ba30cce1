-- GET /posts, GET /posts?select=*,reports(*)

-- migrate:up
-- Add new columns at the end; for any other change, drop the view with cascade first. Either way, give schema refused a newer version too.
create or replace view api.posts as
select
  status_id,
  public.counted_text(url) as url,
  author_handle,
  public.counted_text(author_display) as author_display,
  public.counted_text(body_text) as body_text,
  public.counted_text(posted_relative) as posted_relative,
  public.counted_text(source_query) as source_query,
  watch_tier,
  is_significant,
  public.counted_text(significance_reason) as significance_reason,
  public.counted_text(significance_version) as significance_version,
  likes,
  reposts,
  replies,
  views,
  initial_likes,
  initial_reposts,
  initial_replies,
  initial_views,
  likes_24h,
  reposts_24h,
  replies_24h,
  views_24h,
  refresh_24h_at,
  public.counted_text(refresh_24h_status) as refresh_24h_status,
  refresh_24h_delta_likes,
  refresh_24h_delta_reposts,
  refresh_24h_delta_replies,
  refresh_24h_delta_views,
  discovered_at,
  last_seen_at,
  metrics_at,
  created_at,
  updated_at
from public.posts;

comment on view api.posts is 'All posts with all their metrics; reports and post_metrics_snapshots can be embedded.';

grant select on api.posts to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop view api.posts;
