-- POST /rpc/ingest_run, POST /v1/ingest/runs

-- migrate:up
drop function if exists api.ingest_run;

create function api.ingest_run(
  run_at text default null,
  mode text default null,
  fetched_count text default null,
  significant_count text default null,
  reported_count text default null,
  note text default null,
  source text default null
)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  run jsonb;
  problem text;
  is_new boolean;
begin
  select read.item, read.problem
  into run, problem
  from public.read_items(
    json_build_array(
      json_strip_nulls(
        json_build_object(
          'run_at', ingest_run.run_at,
          'mode', ingest_run.mode,
          'fetched_count', ingest_run.fetched_count,
          'significant_count', ingest_run.significant_count,
          'reported_count', ingest_run.reported_count,
          'note', ingest_run.note,
          'source', coalesce(ingest_run.source, 'local-dispatcher')
        )
      )
    ),
    '{
      "run_at": "time!", "mode": "mode!", "fetched_count": "integer", "significant_count": "integer",
      "reported_count": "integer", "note": "text", "source": "key!"
    }',
    '{run_at, mode, source}'
  ) as read;

  if problem is not null then
    return public.ingest_result(1, 0, 0, json_build_array(json_build_object('index', 0, 'message', problem)));
  end if;

  -- A field that was not sent keeps its value.
  insert into public.pipeline_runs as old (run_at, mode, fetched_count, significant_count, reported_count, note, source)
  select
    new.run_at,
    new.mode,
    new.fetched_count,
    new.significant_count,
    new.reported_count,
    new.note,
    new.source
  from jsonb_populate_record(null::public.pipeline_runs, run) as new
  on conflict (run_at, mode, source) do update
  set
    fetched_count = coalesce(excluded.fetched_count, old.fetched_count),
    significant_count = coalesce(excluded.significant_count, old.significant_count),
    reported_count = coalesce(excluded.reported_count, old.reported_count),
    note = coalesce(excluded.note, old.note)
  where
    (old.fetched_count, old.significant_count, old.reported_count, old.note)
    is distinct from (
      coalesce(excluded.fetched_count, old.fetched_count),
      coalesce(excluded.significant_count, old.significant_count),
      coalesce(excluded.reported_count, old.reported_count),
      coalesce(excluded.note, old.note)
    )
  returning xmax = 0
  into is_new;

  return public.ingest_result(1, (is_new is true)::integer, (is_new is false)::integer, '[]');
end
$$;

comment on function api.ingest_run is
$$Puts one run of the monitor in

`run_at` and `mode` (priority, discovery, both, refresh24h or manual) are required; `source` is local-dispatcher when not given. The answer is `{received, inserted, updated, skipped, errors}`.$$;

grant execute on function api.ingest_run to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_run;
