-- GET /rpc/feed?since=&until=&tier=&handle=&significant=&reported=&q=&cursor=&limit=

-- migrate:up
drop function if exists api.feed;

-- Must stay inlinable (language sql, stable, not strict, no set, not security definer), or LIMIT would not reach the index.
-- The helpers are immutable: at planning they fold to constants, and a filter that was not given disappears. The longer
-- filters are inlinable functions of their own, which are not even parsed in a request without them.
create function api.feed(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
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
  where
    (feed.handle is null or public.matches_handle(post.author_handle, feed.handle))
    and ((feed.since is null and feed.until is null) or public.matches_time(post.discovered_at, feed.since, feed.until))
    and (
      nullif(feed.cursor, '') is null
      or (post.discovered_at, post.status_id)
        < ((public.parse_cursor(feed.cursor)).discovered_at, (public.parse_cursor(feed.cursor)).status_id)
    )
    and (feed.tier is null or public.matches_tier(post.watch_tier, feed.tier))
    and (feed.significant is null or public.matches_significant(post.is_significant, feed.significant))
    and (feed.reported is null or public.matches_reported(post.reported_at, feed.reported))
    and (feed.q is null or public.matches_q(post.search_text, feed.q))
  order by
    post.discovered_at desc,
    post.status_id desc
$$;

comment on function api.feed is
$$The posts, newest first, filtered

- `since`, `until`: ISO 8601 timestamps or dates (UTC); since is inclusive, until exclusive
- `tier`: teammate, investor, influencer, ecosystem or other (no tier), or several separated by commas
- `handle`: one handle, or several separated by commas; @ and case do not matter
- `significant`: true or false
- `reported`: true or false
- `q`: each term occurs in the text, handle or display name; "a phrase" is one term, -term must be absent; a term without three letters or digits in a row is found only where a word begins
- `cursor`: the cursor of a row, to get the rows after it
- `limit`: maximum number of rows$$;

grant execute on function api.feed to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.feed;
