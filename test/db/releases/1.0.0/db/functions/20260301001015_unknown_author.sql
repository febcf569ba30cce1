-- Raises the HTTP 404 of a handle: https://docs.postgrest.org/en/v16/references/errors.html#raise-errors-with-http-status-codes

-- migrate:up
drop function if exists public.unknown_author;

create function public.unknown_author(handle text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise sqlstate 'PT404' using
    message = format('no author has the handle ''%s''', left(handle, 100)),
    detail = 'Argument: handle',
    hint = 'Use an author_handle from /feed, or a handle from /watch_accounts.';
end
$$;

comment on function public.unknown_author is 'Raises HTTP 404 saying that no author has this handle.';

grant execute on function public.unknown_author to web_anon, ingest;

-- migrate:down
drop function public.unknown_author;
