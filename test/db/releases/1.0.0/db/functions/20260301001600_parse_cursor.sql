-- Parses a cursor: the microseconds since 2000 in 16 hex digits, an underscore, the status id

-- migrate:up
drop function if exists public.cursor_id;
drop function if exists public.cursor_time;
drop function if exists public.parse_cursor;

create function public.parse_cursor(value text, out discovered_at timestamptz, out status_id text)
language plpgsql
immutable
set search_path = ''
as $$
declare
  microseconds bigint;
begin
  if value is null or value = '' then
    return;
  end if;
  if value !~ '^[0-9a-f]{16}_.' then
    perform public.bad_argument('cursor', value, 'Use the cursor of a row or the next_cursor of a page, unchanged.');
  end if;
  microseconds := ('x' || left(value, 16))::bit(64)::bigint;
  -- In two steps: multiplying an interval uses double precision, which loses microseconds beyond 2^53.
  discovered_at := (
    timestamp '2000-01-01'
    + (microseconds / 86400000000)::integer * interval '1 day'
    + (microseconds % 86400000000) * interval '1 microsecond'
  ) at time zone 'UTC';
  status_id := substr(value, 18);
exception
  when data_exception then
    perform public.bad_argument('cursor', value, 'Use the cursor of a row or the next_cursor of a page, unchanged.');
end
$$;

comment on function public.parse_cursor is 'The position of a cursor in the feed; anything else raises HTTP 400.';

grant execute on function public.parse_cursor to web_anon, ingest;

-- migrate:down
drop function public.parse_cursor;
