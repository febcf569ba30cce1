-- Parses an ISO 8601 timestamp, to the microsecond: https://www.postgresql.org/docs/current/datatype-datetime.html

-- migrate:up
drop function if exists public.read_time;

-- Immutable although the cast is only stable: with the year first and an offset, no setting of the session changes the result.
-- So it folds to a constant at planning. It has no exception block, which a parallel worker could not enter.
create function public.read_time(value text)
returns timestamptz
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  day timestamp;
  instant timestamptz;
begin
  if value !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)?)?$' then
    return null;
  end if;
  -- Counted from 1 January of the year 1, 30 February is a day in March.
  day := timestamp '0001-01-01' + make_interval(
    years => left(value, 4)::integer - 1,
    months => substr(value, 6, 2)::integer - 1,
    days => substr(value, 9, 2)::integer - 1
  );
  if to_char(day, 'YYYY-MM-DD') <> left(value, 10) then
    return null;
  end if;
  instant := (value || case when value ~ '[T ].*(Z|[+-].*)$' then '' else 'Z' end)::timestamptz;
  return case when public.has_four_digit_year(instant) then instant end;
end
$$;

comment on function public.read_time is
  'The instant of an ISO 8601 timestamp or date; without an offset, UTC. Null if the text is neither, or outside the years 0001 to 9999 in UTC.';

grant execute on function public.read_time to web_anon, ingest;

-- migrate:down
drop function public.read_time;
