-- How much a post has grown since it was first seen

-- migrate:up
drop function if exists public.post_growth;

-- Must stay inlinable (language sql, no set; and a set, or its subqueries would keep it from that): /rpc/top computes it for
-- hundreds of posts.
create function public.post_growth(status_id text, to_at timestamptz)
returns table (growth double precision)
language sql
stable
as $$
  select history.interactions[cardinality(history.interactions)] - history.interactions[1]
  from (
    select
      array_agg(
        public.interactions(snapshots.likes, snapshots.reposts, snapshots.replies)
        order by snapshots.snapshot_at
      ) as interactions
    from api.post_metrics_snapshots as snapshots
    where
      snapshots.status_id = post_growth.status_id
      and snapshots.snapshot_at < post_growth.to_at
  ) as history
$$;

comment on function public.post_growth is
  'The likes, reposts and replies gained from a post''s first snapshot to its last one before to_at; null if there is none.';

grant execute on function public.post_growth to web_anon, ingest;

-- migrate:down
drop function public.post_growth;
