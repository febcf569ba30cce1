-- GET /reports, GET /reports?select=*,posts(*)

-- migrate:up
-- Add new columns at the end; for any other change, drop the view with cascade first. Either way, give schema refused a newer version too.
create or replace view api.reports as
select
  status_id,
  reported_at,
  public.counted_text(channel) as channel,
  public.counted_text(summary) as summary,
  public.counted_text(destination) as destination,
  created_at
from public.reports;

comment on view api.reports is 'Posts that were reported to a channel; each post has at most one report.';

grant select on api.reports to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop view api.reports;
