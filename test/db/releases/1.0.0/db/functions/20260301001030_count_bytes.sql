-- Adds up the bytes of the long texts in an answer, and refuses to answer with too many

-- migrate:up
create or replace function public.count_bytes(value text)
returns text
language plpgsql
-- Volatile, it would keep the planner from looking into the views.
stable
strict
-- So that it is called for the rows of the answer, not for those that are sorted to find them.
cost 1000
set search_path = ''
as $$
declare
  -- A row may have as much, so that any one can be sent.
  max_bytes constant bigint := 40 * 1024 * 1024;
  bytes constant bigint := coalesce(nullif(current_setting('xmonitor.long_text_bytes', true), '')::bigint, 0) + octet_length(value);
begin
  if bytes > max_bytes then
    raise sqlstate 'PT413' using
      message = 'the answer has more than 40 MB of long texts',
      hint = 'Ask for fewer rows (limit), or for fewer columns (select).';
  end if;
  -- Until the transaction ends, and with it the request.
  perform set_config('xmonitor.long_text_bytes', bytes::text, true);
  return value;
end
$$;

comment on function public.count_bytes is 'The text. The sum of all that were passed in a transaction is limited; beyond it, HTTP 413.';

grant execute on function public.count_bytes to web_anon, ingest;

-- migrate:down
drop function public.count_bytes;
