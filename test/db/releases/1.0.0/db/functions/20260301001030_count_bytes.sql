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
  max_bytes constant bigint := 10 * 1024 * 1024;
  others constant bigint := coalesce(nullif(current_setting('xmonitor.long_text_bytes', true), '')::bigint, 0);
  bytes constant bigint := others + octet_length(value);
  -- An expression takes half the time of a statement such as perform.
  setting text;
begin
  -- A single text may be longer, so that each can be read.
  if bytes > max_bytes and others > 0 then
    raise sqlstate 'PT413' using
      message = 'the answer has more than 10 MB of long texts',
      hint = 'Ask for fewer rows (limit, page_size), or for fewer columns (select). To find posts by their text, use q of /rpc/feed.';
  end if;
  -- Until the transaction ends, and with it the request.
  setting := set_config('xmonitor.long_text_bytes', bytes::text, true);
  return value;
end
$$;

comment on function public.count_bytes is 'The text. The sum of all that were passed in a transaction is limited; beyond it, HTTP 413.';

grant execute on function public.count_bytes to web_anon, ingest;

-- migrate:down
drop function public.count_bytes;
