-- GET /rpc/activity?since=2026-02-01&until=2026-03-01&bucket=day&zone=&tier=&handle=&significant=&reported=&q=

-- migrate:up
drop function if exists api.activity;

-- One JSON array, not a set of rows: PostgREST would cut off a month of hours at its limit of 1,000 rows.
create function api.activity(
  since text default null,
  until text default null,
  bucket text default null,
  zone text default null,
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
  one_by_one constant boolean := nullif(activity.handle, '') is not null or nullif(activity.q, '') is not null;
  unit constant text := coalesce(nullif(activity.bucket, ''), 'day');
  width constant interval := case unit when 'hour' then '1 hour' when 'day' then '1 day' end;
  -- More than a week of hours takes as long as a search.
  max_fast_buckets constant integer := 200;
  local_zone constant text := public.parse_zone('zone', activity.zone);
  last_at constant timestamptz := coalesce(
    public.parse_time('until', activity.until),
    -- The end of an hour: within one, posts would have to be counted one by one.
    (select date_bin('1 hour', max(discovered_at), '2000-01-01T00:00:00Z') + interval '1 hour' from public.feed_rows),
    now()
  );
  first_at constant timestamptz := coalesce(public.parse_time('since', activity.since), last_at - interval '30 days');
  bucket_count constant numeric := extract(epoch from last_at - first_at) / extract(epoch from width);
  starts timestamptz[];
  edges timestamptz[];
  oldest_at timestamptz;
  answer json;
begin
  if width is null then
    perform public.bad_argument('bucket', activity.bucket, 'Use hour or day.');
  end if;
  if nullif(activity.until, '') is not null and first_at >= last_at then
    perform public.bad_argument('until', activity.until, 'Use a timestamp after since.');
  end if;
  if bucket_count > 10000 then
    perform public.bad_argument('since', activity.since, format('Use a timestamp less than 10,000 times %s before until.', unit));
  end if;
  if bucket_count > max_fast_buckets then
    perform public.reserve_slow_place();
  end if;

  -- Two more than whole widths fit in: both ends may be cut, and clocks change.
  starts := array(
    select bucket.starts_at
    from generate_series(0, ceil(bucket_count)::integer + 1) as step
    cross join lateral (
      select
        case unit
          when 'hour' then date_bin(width, first_at, '2000-01-01T00:00:00Z') + step * width
          else (date_trunc('day', first_at at time zone local_zone) + step * width) at time zone local_zone
        end as starts_at
    ) as bucket
    where bucket.starts_at < last_at
    order by bucket.starts_at
  );
  edges := first_at || starts[2:] || last_at;

  if one_by_one then
    -- Planned each time: a generic plan could not drop the filters that were not given.
    execute '
      select
        json_agg(counted.item order by counted.place, counted.tier),
        case when sum(counted.posts) = $8 then min(counted.oldest_at) end
      from (
        select
          width_bucket(newest.discovered_at, $9) as place,
          coalesce(newest.watch_tier, ''other'') as tier,
          count(*) as posts,
          min(newest.discovered_at) as oldest_at,
          json_build_object(
            ''bucket_at'', ($10)[width_bucket(newest.discovered_at, $9)],
            ''tier'', coalesce(newest.watch_tier, ''other''),
            ''posts'', count(*),
            ''significant'', count(*) filter (where newest.is_significant)
          ) as item
        from (
          select
            post.discovered_at,
            post.watch_tier,
            post.is_significant
          from public.feed_rows as post
          where
            post.discovered_at >= $1
            and post.discovered_at < $2
            and public.matches_tier(post.watch_tier, $3)
            and public.matches_handle(post.author_handle, $4)
            and public.matches_significant(post.is_significant, $5)
            and public.matches_reported(post.reported_at, $6)
            and public.matches_q(post.search_text, $7)
          order by
            post.discovered_at desc,
            post.status_id desc
          limit $8
        ) as newest
        group by 1, 2
      ) as counted'
    into answer, oldest_at
    using first_at, last_at, tier, handle, significant, reported, q, max_posts, edges, starts;
    if oldest_at is not null then
      perform public.add_response_header('Counted-Since', to_char(oldest_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
    end if;
  else
    select json_agg(
      json_build_object(
        'bucket_at', case when counted.span_at = first_at then starts[1] else counted.span_at end,
        'tier', counted.tier,
        'posts', counted.posts,
        'significant', counted.significant
      )
      order by counted.span_at, counted.tier
    )
    into answer
    from public.feed_counts(
      edges,
      public.parse_tiers(nullif(activity.tier, '')),
      public.parse_boolean('significant', activity.significant),
      public.parse_boolean('reported', activity.reported)
    ) as counted
    where counted.posts > 0;
  end if;
  return coalesce(answer, '[]');
end
$$;

comment on function api.activity is
$$Posts and significant posts by tier per hour or day, for a chart

An array of `{bucket_at, tier, posts, significant}`; buckets without posts are omitted. With `handle` or `q`, only the newest 10,000 posts are counted; if there may be more, the header `Counted-Since` says from when on the counts are complete.

- `since`, `until`: as for /rpc/feed, by default the 30 days before the newest post; at most 10,000 buckets
- `bucket`: hour or day, by default day
- `zone`: the time zone whose days these are, such as Europe/Berlin, by default UTC; hours are those of UTC
- `tier`, `handle`, `significant`, `reported`, `q`: as for /rpc/feed$$;

grant execute on function api.activity to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.activity;
