-- Why a text is not a timestamp, in the words of the move (tooling/lib/move/values.ts)

-- migrate:up
drop function if exists public.time_problem;

create function public.time_problem(value text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when value !~ '^[0-9]{4}-[0-9][0-9]-[0-9][0-9]([T ][0-9][0-9]:[0-9][0-9](:[0-9][0-9](\.[0-9]{1,6})?)?(Z|[+-][0-9][0-9](:?[0-9][0-9])?)?)?$' then 'is not an ISO 8601 timestamp'
    when public.read_time(left(value, 10)) is null then 'is not a valid date'
    when substr(value, 12) !~ '^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?([.Z+-].*)?)?$' then 'is not a valid time'
    when substr(value, 17) ~ '[+-](1[6-9]|[2-9][0-9]|[0-9][0-9]:?[6-9][0-9])' then 'has an invalid UTC offset'
    else 'is outside the years 0001 to 9999 in UTC'
  end
$$;

comment on function public.time_problem is 'Why public.read_time does not accept a text.';

-- migrate:down
drop function public.time_problem;
