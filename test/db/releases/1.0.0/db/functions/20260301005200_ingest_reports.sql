-- POST /rpc/ingest_reports, POST /v1/ingest/reports/batch

-- migrate:up
drop function if exists api.ingest_reports;

create function api.ingest_reports(json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  batch constant jsonb := public.read_batch(
    $1,
    '{"status_id": "key!", "reported_at": "time!", "channel": "text", "summary": "text", "destination": "text"}',
    '{"status_id": null}',
    of_posts => true
  );
  inserted bigint;
  updated bigint;
begin
  -- A field that was not sent keeps its value.
  with put as (
    insert into public.reports as old (status_id, reported_at, channel, summary, destination)
    select
      new.status_id,
      new.reported_at,
      new.channel,
      new.summary,
      new.destination
    from jsonb_array_elements(batch -> 'items') as item
    left join public.reports as old on old.status_id = item ->> 'status_id'
    cross join lateral jsonb_populate_record(old, item) as new
    where new is distinct from old
    on conflict (status_id) do update
    set
      reported_at = excluded.reported_at,
      channel = excluded.channel,
      summary = excluded.summary,
      destination = excluded.destination
    returning xmax = 0 as is_new
  )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from put;

  return public.ingest_answer(batch, inserted, updated);
end
$$;

comment on function api.ingest_reports is
$$Inserts or updates up to 1,000 reports

Send `{"items": [...]}`. Each item has `status_id`, `reported_at`, and optionally `channel`, `summary`, `destination`. The answer is that of /rpc/ingest_posts; a report for an unknown post is an error.$$;

grant execute on function api.ingest_reports to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_reports;
