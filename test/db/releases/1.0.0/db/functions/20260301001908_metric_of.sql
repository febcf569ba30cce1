-- The metric that a ranking is by

-- migrate:up
drop function if exists public.metric_of;

-- Must stay inlinable (language sql, no set): it is computed for each post that a ranking reads, and growth only if asked for.
create function public.metric_of(
  measure text,
  likes double precision,
  reposts double precision,
  replies double precision,
  views double precision,
  growth double precision
)
returns double precision
language sql
immutable
parallel safe
as $$
  select
    case measure
      when 'growth' then growth
      when 'likes' then likes
      when 'reposts' then reposts
      when 'replies' then replies
      when 'views' then views
    end
$$;

comment on function public.metric_of is 'The one of the values that measure names.';

grant execute on function public.metric_of to web_anon, ingest;

-- migrate:down
drop function public.metric_of;
