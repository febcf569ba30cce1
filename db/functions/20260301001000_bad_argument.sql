-- Raises HTTP 400, naming the argument: https://docs.postgrest.org/en/v16/references/errors.html#raise-errors-with-http-status-codes

-- migrate:up
drop function if exists public.bad_argument;

create function public.bad_argument(argument text, value text, advice text)
returns void
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  raise sqlstate 'PT400' using
    message = format('%s cannot be ''%s''', argument, left(value, 100)),
    detail = format('Argument: %s', argument),
    hint = advice;
end
$$;

comment on function public.bad_argument is 'Raises HTTP 400 naming the argument and its value, with advice as the hint.';

grant execute on function public.bad_argument to web_anon, ingest;

-- migrate:down
drop function public.bad_argument;
