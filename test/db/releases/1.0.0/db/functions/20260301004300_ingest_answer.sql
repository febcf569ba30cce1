-- The answer of every ingest function

-- migrate:up
drop function if exists public.ingest_answer;

create function public.ingest_answer(batch jsonb, inserted bigint, updated bigint, removed bigint default null)
returns json
language sql
volatile
set search_path = ''
as $$
  select public.log_write(inserted, updated, coalesce(removed, 0));
  select json_strip_nulls(
    json_build_object(
      'received', batch -> 'received',
      'inserted', inserted,
      'updated', updated,
      'removed', removed,
      'skipped',
      (batch -> 'received')::bigint - inserted - updated - (batch -> 'superseded')::bigint
        - jsonb_array_length(batch -> 'deleted') - jsonb_array_length(batch -> 'errors'),
      'superseded', batch -> 'superseded',
      'deleted', jsonb_array_length(batch -> 'deleted'),
      'ignored', batch -> 'ignored',
      'errors', batch -> 'errors'
    )
  )
$$;

comment on function public.ingest_answer is
  'Logs what a batch changed, and gives its counts: received = inserted + updated + skipped + superseded + deleted + the number of errors. removed is not about items; null leaves it out.';

-- migrate:down
drop function public.ingest_answer;
