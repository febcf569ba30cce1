-- GET /rpc/stats, GET /v1/stats/summary

-- migrate:up
drop function if exists api.stats;

create function api.stats()
returns json
language sql
stable
as $$
  select json_build_object(
    'posts', (select count(*) from api.posts),
    'significant', (select count(*) from api.posts where is_significant),
    'unreported', (
      select count(*)
      from api.posts
      where
        is_significant
        and not exists (select from api.reports where reports.status_id = posts.status_id)
    ),
    'watchlist', (
      select json_object_agg(tier, coalesce(accounts, 0) order by tier)
      from unnest(public.tiers()) as tier
      left join (
        select watch_accounts.tier, count(*) as accounts
        from api.watch_accounts
        group by watch_accounts.tier
      ) as counted using (tier)
    ),
    'newest_post_at', (select max(discovered_at) from api.posts),
    'newest_run', (
      select to_json(run)
      from (
        select run_at, mode, fetched_count, significant_count, reported_count
        from api.pipeline_runs
        order by run_at desc, mode, source
        limit 1
      ) as run
    )
  )
$$;

comment on function api.stats is 'The number of posts, of significant posts and of those not yet reported; the watchlist by tier; the newest post and run.';

grant execute on function api.stats to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.stats;
