-- GET /pipeline_runs?order=run_at.desc

-- migrate:up
-- Add new columns at the end; for any other change, drop the view with cascade first. Either way, give schema refused a newer version too.
create or replace view api.pipeline_runs as
select
  run_at,
  mode,
  fetched_count,
  significant_count,
  reported_count,
  public.counted_text(note) as note,
  source,
  created_at
from public.pipeline_runs;

comment on view api.pipeline_runs is 'The monitor''s runs: how many posts each fetched, found significant and reported.';

grant select on api.pipeline_runs to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop view api.pipeline_runs;
