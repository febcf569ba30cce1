-- How much a post can have grown since it was first seen, without a look at its snapshots

-- migrate:up
drop function if exists public.growth_limit;

-- Must stay inlinable (language sql, no set): it is computed for every post of a move.
create function public.growth_limit(
  likes bigint,
  reposts bigint,
  replies bigint,
  likes_24h bigint,
  reposts_24h bigint,
  replies_24h bigint,
  initial_likes bigint,
  initial_reposts bigint,
  initial_replies bigint
)
returns double precision
language sql
immutable
parallel safe
as $$
  select
    greatest(
      0,
      greatest(
        public.interactions(likes, reposts, replies),
        public.interactions(coalesce(likes_24h, likes), coalesce(reposts_24h, reposts), coalesce(replies_24h, replies))
      ) - coalesce(public.interactions(initial_likes, initial_reposts, initial_replies), 0)
    )
$$;

comment on function public.growth_limit is
  'The likes, reposts and replies that a post has gained at most; all of them where the initial ones are not recorded.';

grant execute on function public.growth_limit to web_anon, ingest;

-- migrate:down
drop function public.growth_limit;
