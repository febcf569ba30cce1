-- GET /rpc/top?by=likes&since=&until=&tier=&handle=&significant=&reported=&q=&per_author=&limit=

-- migrate:up
drop function if exists api.top;

create function api.top(
  by text default null,
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
  q text default null,
  per_author text default null
)
returns setof public.top_posts
language plpgsql
stable
set search_path = ''
rows 20
as $$
declare
  one_per_author constant boolean := coalesce(public.parse_boolean('per_author', top.per_author), false);
  -- For more authors, most posts of the time range would have to be read: the best twenty posts may be from a few of them.
  max_posts constant integer := case when one_per_author then 5 else 20 end;
  measure constant text := coalesce(nullif(top.by, ''), 'likes');
  to_at constant timestamptz := public.parse_time('until', top.until);
  from_at constant timestamptz := coalesce(
    public.parse_time('since', top.since),
    coalesce(to_at, (select max(feed_rows.discovered_at) from public.feed_rows)) - interval '7 days',
    '-infinity'
  );
begin
  if measure not in ('likes', 'reposts', 'replies', 'views', 'growth') then
    perform public.bad_argument('by', top.by, 'Use likes, reposts, replies, views or growth.');
  end if;
  return query
  select
    ranked.value,
    post.status_id,
    post.discovered_at,
    post.author_handle,
    post.author_display,
    post.watch_tier,
    post.body_text,
    post.url,
    post.is_significant,
    post.significance_reason,
    post.likes,
    post.reposts,
    post.replies,
    post.views,
    post.reported_at,
    post.cursor
  from public.rank_posts(
    measure, from_at, coalesce(to_at, 'infinity'), top.tier, top.handle, top.significant, top.reported, top.q, max_posts,
    one_per_author
  ) as ranked
  join public.feed_rows as post on post.status_id = ranked.status_id
  order by
    ranked.value desc,
    post.status_id desc;
end
$$;

comment on function api.top is
$$The posts with the most of a metric, with its `value`

At most 20, of the posts discovered in the time range. Posts with the same value are in no particular order.

- `by`: likes, reposts, replies, views or growth, by default likes. Growth is the likes, reposts and replies gained from a post's first snapshot to its last one before `until`
- `since`, `until`: as for /rpc/feed, by default the 7 days before the newest post
- `tier`, `handle`, `significant`, `reported`, `q`: as for /rpc/feed
- `per_author`: true for the best posts of different authors, at most 5
- `limit`: maximum number of rows$$;

grant execute on function api.top to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.top;
