-- How often people reacted to a post

-- migrate:up
drop function if exists public.interactions;

-- Must stay inlinable (language sql, no set): it is computed for every post of a move. In double precision, since the sum may
-- exceed a bigint.
create function public.interactions(likes bigint, reposts bigint, replies bigint)
returns double precision
language sql
immutable
parallel safe
as $$
  select likes::double precision + reposts + replies
$$;

comment on function public.interactions is 'Likes, reposts and replies.';

grant execute on function public.interactions to web_anon, ingest;

-- migrate:down
drop function public.interactions;
