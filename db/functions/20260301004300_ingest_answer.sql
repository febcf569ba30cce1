-- The answer of every ingest function

-- migrate:up
drop function if exists public.ingest_answer;

create function public.ingest_answer(batch jsonb, inserted bigint, updated bigint)
returns json
language sql
immutable
as $$
  select json_build_object(
    'received', batch -> 'received',
    'inserted', inserted,
    'updated', updated,
    'skipped',
    (batch -> 'received')::bigint - inserted - updated - (batch -> 'superseded')::bigint - jsonb_array_length(batch -> 'errors'),
    'superseded', batch -> 'superseded',
    'ignored', batch -> 'ignored',
    'errors', batch -> 'errors'
  )
$$;

comment on function public.ingest_answer is
  'The counts of a batch: received = inserted + updated + skipped + superseded + the number of errors.';

-- migrate:down
drop function public.ingest_answer;
