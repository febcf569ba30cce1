-- How a message shows a JSON value, in the words of the move (tooling/lib/move/values.ts)

-- migrate:up
drop function if exists public.describe_value;

create function public.describe_value(type text, plain text)
returns text
language sql
immutable
as $$
  select case
    when type = 'string' then '''' || left(plain, 60) || case when length(plain) > 60 then '...' else '' end || ''''
    when type = 'number' and plain !~ '^-?[0-9]+$' then 'the real number ' || left(plain, 60)
    else left(plain, 60)
  end
$$;

comment on function public.describe_value is 'The value, shortened, with quotes around a string.';

-- migrate:down
drop function public.describe_value;
