-- Normalizes a handle: trimmed, without a leading @, lower case (docs/rules.md#rule-3)

-- migrate:up
drop function if exists public.read_handle;

create function public.read_handle(value text)
returns text
language sql
immutable
parallel safe
as $$
  select public.fold_case(
    -- As in JavaScript, which the move uses, whatever the locale: İ keeps its dot, a final sigma has a form of its own.
    regexp_replace(
      replace(regexp_replace(public.trim_space(value), '^@', ''), 'İ', E'i\u0307'),
      '(?<=[[:alpha:]])Σ(?![[:alpha:]])',
      'ς',
      'g'
    )
  )
$$;

comment on function public.read_handle is 'The handle as it is stored.';

grant execute on function public.read_handle to web_anon, ingest;

-- migrate:down
drop function public.read_handle;
