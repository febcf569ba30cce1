-- GET /rpc/activity?since=2026-02-01&until=2026-03-01&bucket=day

-- migrate:up
drop function if exists api.activity;

create function api.activity(
  since text default null,
  until text default null,
  bucket text default 'day'
)
returns table (bucket_at timestamptz, tier text, posts bigint, significant bigint)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  last_at constant timestamptz := coalesce(
    public.parse_time('until', activity.until),
    (select max(discovered_at) + interval '1 microsecond' from public.feed_rows),
    now()
  );
  first_at constant timestamptz := coalesce(public.parse_time('since', activity.since), last_at - interval '30 days');
begin
  if activity.bucket is null or activity.bucket not in ('hour', 'day') then
    perform public.bad_argument('bucket', coalesce(activity.bucket, ''), 'Give hour or day.');
  end if;
  if nullif(activity.until, '') is not null and first_at >= last_at then
    perform public.bad_argument('until', activity.until, 'Give an instant behind since.');
  end if;
  return query
    select
      date_trunc(activity.bucket, feed_rows.discovered_at, 'UTC') as bucket_at,
      coalesce(feed_rows.watch_tier, 'other') as tier,
      count(*) as posts,
      count(*) filter (where feed_rows.is_significant) as significant
    from public.feed_rows
    where
      feed_rows.discovered_at >= first_at
      and feed_rows.discovered_at < last_at
    group by 1, 2
    order by 1, 2;
end
$$;

comment on function api.activity is
$$Posts and significant posts per hour or day and tier, for a chart

- `since`, `until`: as for /rpc/feed; the last 30 days before the newest post when not given
- `bucket`: hour or day (UTC)$$;

grant execute on function api.activity to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.activity;
