-- Whether every client can read an instant: browsers and most languages cannot parse what Postgres writes outside these years

-- migrate:up
-- Replaced, never dropped: check constraints call it.
create or replace function public.has_four_digit_year(instant timestamptz)
returns boolean
language sql
immutable
parallel safe
as $$
  select instant between timestamptz '0001-01-01T00:00:00Z' and timestamptz '9999-12-31T23:59:59.999999Z'
$$;

comment on function public.has_four_digit_year is 'Whether the instant is within the years 0001 to 9999 in UTC.';

grant execute on function public.has_four_digit_year to web_anon, ingest;

-- migrate:down
drop function public.has_four_digit_year;
