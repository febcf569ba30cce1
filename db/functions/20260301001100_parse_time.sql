-- An ISO 8601 instant, to the microsecond: https://www.postgresql.org/docs/current/datatype-datetime.html

-- migrate:up
drop function if exists public.parse_time;

-- Immutable, so that it folds to a constant when a query is planned: the time zone is pinned.
create function public.parse_time(argument text, value text)
returns timestamptz
language plpgsql
immutable
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
begin
  if value is null or value = '' then
    return null;
  end if;
  if value ~ '^\d{4}-\d\d-\d\d([Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,6})?)?([Zz]|[+-](0\d|1[0-5])(:?[0-5]\d)?)?)?$' then
    begin
      return replace(value, ',', '.')::timestamptz;
    exception when data_exception then
      null;
    end;
  end if;
  perform public.bad_argument(
    argument,
    value,
    'Give an ISO 8601 date or instant, such as 2026-02-22 or 2026-02-22T08:30:00Z (a + of an offset is written %2B in a URL).'
  );
end
$$;

comment on function public.parse_time is 'The instant that a text names, or HTTP 400 that names the argument.';

grant execute on function public.parse_time to web_anon, ingest;

-- migrate:down
drop function public.parse_time;
