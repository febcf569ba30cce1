-- The lengths of time that public.post_buckets has rows for

-- migrate:up
create or replace function public.bucket_units()
returns table (unit text, width interval)
language sql
immutable
parallel safe
set search_path = ''
as $$
  values
    -- The UTC offset of every time zone in use is a multiple of this.
    ('quarter_hour', interval '15 minutes'),
    ('hour', interval '1 hour'),
    ('quarter_day', interval '6 hours'),
    ('day', interval '1 day')
$$;

comment on function public.bucket_units is 'The units of public.post_buckets.';

grant execute on function public.bucket_units to web_anon, ingest;

-- migrate:down
drop function public.bucket_units;
