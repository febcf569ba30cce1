-- What every ingest function answers

-- migrate:up
drop function if exists public.ingest_result;

create function public.ingest_result(received bigint, inserted bigint, updated bigint, errors json)
returns json
language sql
immutable
as $$
  select json_build_object(
    'received', received,
    'inserted', inserted,
    'updated', updated,
    'skipped', received - inserted - updated - json_array_length(errors),
    'errors', errors
  )
$$;

comment on function public.ingest_result is 'received = inserted + updated + skipped + the number of errors.';

-- migrate:down
drop function public.ingest_result;
