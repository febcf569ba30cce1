-- Raises HTTP 404 for an unknown status_id: https://docs.postgrest.org/en/v16/references/errors.html#raise-errors-with-http-status-codes

-- migrate:up
drop function if exists public.unknown_post;

create function public.unknown_post(status_id text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise sqlstate 'PT404' using
    message = format('no post has the status_id ''%s''', left(status_id, 100)),
    detail = 'Argument: status_id',
    hint = 'Use a status_id from /feed.';
end
$$;

comment on function public.unknown_post is 'Raises HTTP 404 saying that no post has this status_id.';

grant execute on function public.unknown_post to web_anon, ingest;

-- migrate:down
drop function public.unknown_post;
