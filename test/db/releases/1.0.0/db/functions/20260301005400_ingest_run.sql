-- POST /rpc/ingest_run, POST /v1/ingest/runs

-- migrate:up
drop function if exists api.ingest_run;

create function api.ingest_run(json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  batch constant jsonb := public.read_batch(
    $1,
    '{
      "run_at": "time!", "mode": "mode!", "fetched_count": "integer", "significant_count": "integer",
      "reported_count": "integer", "note": "text", "source": "short"
    }',
    '{"run_at": null, "mode": null, "source": "local-dispatcher"}',
    or_single => true
  );
  inserted bigint;
  updated bigint;
begin
  -- The table is small: concurrent batches run one after the other.
  lock table public.pipeline_runs in share row exclusive mode;

  -- A field that was not sent keeps its value.
  with put as (
    insert into public.pipeline_runs as old (run_at, mode, fetched_count, significant_count, reported_count, note, source)
    select
      new.run_at,
      new.mode,
      new.fetched_count,
      new.significant_count,
      new.reported_count,
      new.note,
      new.source
    from jsonb_array_elements(batch -> 'items') as item
    left join public.pipeline_runs as old
      on old.run_at = (item ->> 'run_at')::timestamptz
      and old.mode = item ->> 'mode'
      and old.source = item ->> 'source'
    cross join lateral jsonb_populate_record(old, item) as new
    where new is distinct from old
    on conflict (run_at, mode, source) do update
    set
      fetched_count = excluded.fetched_count,
      significant_count = excluded.significant_count,
      reported_count = excluded.reported_count,
      note = excluded.note
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

comment on function api.ingest_run is
$$Inserts or updates one run of the monitor, or up to 1,000

Send one object, or `{"items": [...]}`. A run has `run_at` and `mode` (priority, discovery, both, refresh24h or manual), and optionally `fetched_count`, `significant_count`, `reported_count`, `note`, `source` (by default local-dispatcher). The answer is that of /rpc/ingest_posts; a single invalid run is HTTP 400.$$;

grant execute on function api.ingest_run to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_run;
