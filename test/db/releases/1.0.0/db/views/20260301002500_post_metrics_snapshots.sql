-- GET /post_metrics_snapshots?status_id=eq.1

-- migrate:up
-- Add new columns at the end; for any other change, drop the view with cascade first. Either way, give schema refused a newer version too.
create or replace view api.post_metrics_snapshots as
select
  status_id,
  snapshot_type,
  snapshot_at,
  likes,
  reposts,
  replies,
  views,
  public.counted_text(source) as source,
  created_at
from public.post_metrics_snapshots;

comment on view api.post_metrics_snapshots is 'The four metrics of a post at one point in time.';

grant select on api.post_metrics_snapshots to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop view api.post_metrics_snapshots;
