-- Which posts were reported when, for the feed

-- migrate:up
create or replace view public.feed_reports as
select
  status_id,
  reported_at
from public.reports;

comment on view public.feed_reports is 'What api.feed shows of reports.';

grant select on public.feed_reports to web_anon, ingest;

-- migrate:down
drop view public.feed_reports;
