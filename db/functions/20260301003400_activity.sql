-- GET /rpc/activity?since=2026-02-01&until=2026-03-01&bucket=day

-- migrate:up
drop function if exists api.activity;

-- One JSON array, not a set of rows: PostgREST would cut off a month of hours at its limit of 1,000 rows.
create function api.activity(
  since text default null,
  until text default null,
  bucket text default null
)
returns json
language plpgsql
stable
set search_path = ''
as $$
declare
  unit constant text := coalesce(nullif(activity.bucket, ''), 'day');
  -- The UTC offset of every time zone in use is a multiple of 15 minutes.
  width constant interval := case unit
    when 'quarter_hour' then '15 minutes'
    when 'hour' then '1 hour'
    when 'day' then '1 day'
  end;
  last_at constant timestamptz := coalesce(
    public.parse_time('until', activity.until),
    (select max(discovered_at) + interval '1 microsecond' from public.feed_rows),
    now()
  );
  first_at constant timestamptz := coalesce(public.parse_time('since', activity.since), last_at - interval '30 days');
begin
  if width is null then
    perform public.bad_argument('bucket', activity.bucket, 'Use quarter_hour, hour or day.');
  end if;
  if nullif(activity.until, '') is not null and first_at >= last_at then
    perform public.bad_argument('until', activity.until, 'Use a timestamp after since.');
  end if;
  if extract(epoch from last_at - first_at) / extract(epoch from width) > 10000 then
    perform public.bad_argument('since', activity.since, format('Use a timestamp less than 10,000 times %s before until.', unit));
  end if;
  return (
    select
      coalesce(
        json_agg(
          json_build_object(
            'bucket_at', counted.bucket_at,
            'tier', counted.tier,
            'posts', counted.posts,
            'significant', counted.significant
          )
          order by counted.bucket_at, counted.tier
        ),
        '[]'
      )
    from (
      select
        date_bin(width, feed_rows.discovered_at, '2000-01-01T00:00:00Z') as bucket_at,
        coalesce(feed_rows.watch_tier, 'other') as tier,
        count(*) as posts,
        count(*) filter (where feed_rows.is_significant) as significant
      from public.feed_rows
      where
        feed_rows.discovered_at >= first_at
        and feed_rows.discovered_at < last_at
      group by 1, 2
    ) as counted
  );
end
$$;

comment on function api.activity is
$$Posts and significant posts by tier per quarter-hour, hour or day, for a chart

An array of `{bucket_at, tier, posts, significant}`; buckets without posts are omitted.

- `since`, `until`: as for /rpc/feed, by default the 30 days before the newest post; at most 10,000 buckets
- `bucket`: quarter_hour, hour or day (UTC), by default day$$;

grant execute on function api.activity to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.activity;
