-- Parses a timestamp argument

-- migrate:up
drop function if exists public.parse_time;

create function public.parse_time(argument text, value text)
returns timestamptz
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  instant timestamptz;
begin
  if value is null or value = '' then
    return null;
  end if;
  instant := public.read_time(value);
  if instant is null then
    perform public.bad_argument(
      argument,
      value,
      'Use an ISO 8601 date or timestamp, such as 2026-02-22 or 2026-02-22T08:30:00Z; in a URL, write the + of an offset as %2B.'
    );
  end if;
  return instant;
end
$$;

comment on function public.parse_time is 'The instant of a timestamp argument, null if it is empty; anything else raises HTTP 400.';

grant execute on function public.parse_time to web_anon, ingest;

-- migrate:down
drop function public.parse_time;
