-- GET /rpc/stats?since=&until=&tier=&handle=&significant=&reported=&q=, GET /v1/stats/summary

-- migrate:up
drop function if exists api.stats;

create function api.stats(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
  q text default null
)
returns json
language plpgsql
stable
set search_path = ''
-- Planning takes longer than counting.
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  -- Posts by author or text have no counts of their own: they are counted one by one, and no more of them than these.
  max_posts constant integer := 10000;
  one_by_one constant boolean := nullif(stats.handle, '') is not null or nullif(stats.q, '') is not null;
  counted record;
begin
  if one_by_one then
    -- Planned each time: a generic plan could not drop the filters that were not given. In no order, so that an index can be
    -- all that is read; and reports are looked up for significant posts only.
    execute '
      select
        count(*) as posts,
        count(*) filter (where post.is_significant) as significant,
        count(*) filter (
          where
            post.is_significant
            and (select true from api.reports where reports.status_id = post.status_id) is null
        ) as unreported
      from (
        select
          feed_rows.status_id,
          feed_rows.is_significant
        from public.feed_rows
        where
          public.matches_time(feed_rows.discovered_at, $1, $2)
          and public.matches_tier(feed_rows.watch_tier, $3)
          and public.matches_handle(feed_rows.author_handle, $4)
          and public.matches_significant(feed_rows.is_significant, $5)
          and public.matches_reported(feed_rows.reported_at, $6)
          and public.matches_q(feed_rows.search_text, $7)
        limit $8
      ) as post'
    into counted
    using since, until, tier, handle, significant, reported, q, max_posts + 1;
  else
    select
      coalesce(sum(counts.posts), 0)::bigint as posts,
      coalesce(sum(counts.significant), 0)::bigint as significant,
      coalesce(sum(counts.unreported), 0)::bigint as unreported
    into counted
    from public.feed_counts(
      array[
        coalesce(public.parse_time('since', stats.since), '-infinity'),
        coalesce(public.parse_time('until', stats.until), 'infinity')
      ],
      public.parse_tiers(nullif(stats.tier, '')),
      public.parse_boolean('significant', stats.significant),
      public.parse_boolean('reported', stats.reported)
    ) as counts;
  end if;

  return json_build_object(
    'posts', case when one_by_one then least(counted.posts, max_posts) else counted.posts end,
    'significant', counted.significant,
    'unreported', counted.unreported,
    'exact', not one_by_one or counted.posts <= max_posts,
    'watchlist', (
      select json_object_agg(tiers.tier, coalesce(counted_accounts.accounts, 0) order by tiers.tier)
      from unnest(public.tiers()) as tiers(tier)
      left join (
        select
          watch_accounts.tier,
          count(*) as accounts
        from api.watch_accounts
        group by watch_accounts.tier
      ) as counted_accounts on counted_accounts.tier = tiers.tier
    ),
    'newest_post_at', (select max(feed_rows.discovered_at) from public.feed_rows),
    'newest_run', (
      select to_json(run)
      from (
        select run_at, mode, fetched_count, significant_count, reported_count
        from api.pipeline_runs
        order by run_at desc, mode, source
        limit 1
      ) as run
    )
  );
end
$$;

comment on function api.stats is
$$The number of posts, of significant posts and of those not yet reported; the watchlist by tier; the newest post and run

Takes the filters of /rpc/feed, for the numbers of posts. They are exact, except that with `handle` or `q` no more than 10,000 posts are counted; if there are more, `exact` is false, and there are at least as many.$$;

grant execute on function api.stats to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.stats;
