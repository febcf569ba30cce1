-- Parses an ISO 8601 timestamp, to the microsecond: https://www.postgresql.org/docs/current/datatype-datetime.html

-- migrate:up
drop function if exists public.read_time;

-- Immutable although the cast is only stable: with the year first and an offset, no setting of the session changes the result.
-- So it folds to a constant at planning.
create function public.read_time(value text)
returns timestamptz
language plpgsql
immutable
set search_path = ''
as $$
begin
  if value ~ '^\d{4}-\d\d-\d\d([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?)?$' then
    return (value || case when value ~ '[T ].*(Z|[+-].*)$' then '' else 'Z' end)::timestamptz;
  end if;
  return null;
exception
  -- 30 February.
  when data_exception then
    return null;
end
$$;

comment on function public.read_time is 'The instant of an ISO 8601 timestamp or date; without an offset, UTC. Null if the text is neither.';

grant execute on function public.read_time to web_anon, ingest;

-- migrate:down
drop function public.read_time;
