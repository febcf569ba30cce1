-- GET /rpc/feed?since=&until=&tier=&handle=&significant=&q=&cursor=&limit=

-- migrate:up
drop function if exists api.feed;

-- It must stay inlinable (sql, stable, not strict, no set, not security definer), so that LIMIT reaches the index;
-- a filter that is not given folds away, and each helper is a constant by the time the query is planned. The filters that
-- are long are inlinable functions of their own, which a request without them does not even parse.
create function api.feed(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  q text default null,
  cursor text default null
)
returns setof api.feed
language sql
stable
as $$
  select
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
  from public.feed_rows as post
  -- Two handles: the newest of either, merged, no further than the page goes; as a list they would be read whole and sorted.
  -- "distinct on" takes nothing away: it tells the planner that a post is here once at most, so that every other request
  -- drops this join before it is planned.
  left join (
    select distinct on (discovered_at, status_id)
      discovered_at,
      status_id
    from public.newest_of_two(public.parse_handles(feed.handle))
    -- Always true, and taken for rare: so each post is looked up when its turn comes, never the whole table joined.
    where discovered_at is not distinct from discovered_at
    order by
      discovered_at desc,
      status_id desc
  ) as either
    on either.status_id = post.status_id
    and either.discovered_at = post.discovered_at
  where
    (
      nullif(feed.handle, '') is null
      or case
        when feed.handle ~ '^[^,]+,[^,]+$' and feed.q is null then either.status_id is not null
        when strpos(feed.handle, ',') = 0 then post.author_handle = (public.parse_handles(feed.handle))[1]
        else post.author_handle = any (public.parse_handles(feed.handle))
      end
    )
    -- Times and cursors are compared in the walks, where these are read: so they begin there.
    and (
      (feed.since is null and feed.until is null)
      or public.matches_time(
        case when feed.handle ~ '^[^,]+,[^,]+$' and feed.q is null then either.discovered_at else post.discovered_at end,
        feed.since,
        feed.until
      )
    )
    and (
      nullif(feed.cursor, '') is null
      or (
        case when feed.handle ~ '^[^,]+,[^,]+$' and feed.q is null then either.discovered_at else post.discovered_at end,
        case when feed.handle ~ '^[^,]+,[^,]+$' and feed.q is null then either.status_id else post.status_id end
      ) < ((public.parse_cursor(feed.cursor)).discovered_at, (public.parse_cursor(feed.cursor)).status_id)
    )
    and (feed.tier is null or public.matches_tier(post.watch_tier, feed.tier))
    and (feed.significant is null or public.matches_significant(post.is_significant, feed.significant))
    and (feed.q is null or public.matches_q(post.body_text, post.author_handle, feed.q))
  order by
    post.discovered_at desc,
    post.status_id desc
$$;

comment on function api.feed is
$$The posts, newest first, filtered

- `since`, `until`: ISO 8601 instants or dates (UTC); since is the first instant, until the first that is not asked for
- `tier`: teammate, influencer, ecosystem or other (none), or several with commas between
- `handle`: one handle or several with commas between; @ and case do not matter
- `significant`: true or false
- `q`: text or handle contains each term; "a phrase" is one term, -term must be absent
- `cursor`: the cursor of a row, to go on behind it
- `limit`: how many rows$$;

grant execute on function api.feed to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.feed;
