-- Lets only so many slow requests run at once

-- migrate:up
create or replace function public.reserve_slow_place()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  -- PostgREST has ten connections: four stay free for what is fast, and the collector is never kept waiting. Whoever reserves
  -- again in the same transaction needs no second place.
  if current_user <> 'ingest'
    and not exists (
      select from generate_series(1, 6) as place
      -- 'slow' in ASCII.
      where pg_try_advisory_xact_lock(1936486263, place)
    )
  then
    raise sqlstate 'PT429' using
      message = 'too many slow requests at once',
      hint = 'Send the same request again in a few seconds.';
  end if;
end
$$;

comment on function public.reserve_slow_place is 'Reserves one of six places for a slow request, until its transaction ends; HTTP 429 if there is none.';

grant execute on function public.reserve_slow_place to web_anon, web_closed, ingest;

-- migrate:down
drop function public.reserve_slow_place;
