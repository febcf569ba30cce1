-- GET /rpc/feed?since=&until=&tier=&handle=&significant=&q=&cursor=&limit=

-- migrate:up
drop function if exists api.feed;

-- It must stay inlinable (sql, stable, not strict, no set, not security definer), so that LIMIT reaches the index;
-- a filter that is not given folds away, and each helper is a constant by the time the query is planned.
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
    -- Not a join: this costs less to plan, and a page has only 50.
    (
      select report.reported_at
      from public.feed_reports as report
      where report.status_id = post.status_id
    ),
    encode(timestamptz_send(post.discovered_at), 'hex') || '_' || post.status_id as cursor
  from public.feed_rows as post
  where
    (
      nullif(feed.handle, '') is null
      or case cardinality(public.parse_handles(feed.handle))
        when 1 then post.author_handle = (public.parse_handles(feed.handle))[1]
        else post.author_handle = any (public.parse_handles(feed.handle))
      end
    )
    and (nullif(feed.since, '') is null or post.discovered_at >= public.parse_time('since', feed.since))
    and (nullif(feed.until, '') is null or post.discovered_at < public.parse_time('until', feed.until))
    and (
      nullif(feed.cursor, '') is null
      or (post.discovered_at, post.status_id)
        < ((public.parse_cursor(feed.cursor)).discovered_at, (public.parse_cursor(feed.cursor)).status_id)
    )
    and (
      nullif(feed.tier, '') is null
      or case
        when public.parse_tiers(feed.tier) = '{other}' then post.watch_tier is null
        when cardinality(public.parse_tiers(feed.tier)) = 1 then post.watch_tier = (public.parse_tiers(feed.tier))[1]
        else coalesce(post.watch_tier, 'other') = any (public.parse_tiers(feed.tier))
      end
    )
    and (
      nullif(feed.significant, '') is null
      or case public.parse_boolean('significant', feed.significant)
        when true then post.is_significant
        else not post.is_significant
      end
    )
    -- The longest terms are apart, for only a single comparison can use the trigram index. The statistics of that index
    -- tell the planner whether a term is rare, so that the index finds it, or common, so that a walk from the newest post
    -- meets it soon.
    and (
      (public.parse_q(feed.q, 'indexed'))[1] is null
      or (coalesce(post.body_text, '') || E'\n' || post.author_handle) ilike (public.parse_q(feed.q, 'indexed'))[1]
    )
    and (
      (public.parse_q(feed.q, 'indexed'))[2] is null
      or (coalesce(post.body_text, '') || E'\n' || post.author_handle) ilike (public.parse_q(feed.q, 'indexed'))[2]
    )
    and (
      (public.parse_q(feed.q, 'indexed'))[3] is null
      or (coalesce(post.body_text, '') || E'\n' || post.author_handle) ilike (public.parse_q(feed.q, 'indexed'))[3]
    )
    and (
      public.parse_q(feed.q, 'more') is null
      or (coalesce(post.body_text, '') || E'\n' || post.author_handle) ilike all (public.parse_q(feed.q, 'more'))
    )
    -- Behind coalesce the planner takes half of the rows to match, and walks: no index could help.
    and (
      public.parse_q(feed.q, 'short') is null
      or coalesce((coalesce(post.body_text, '') || E'\n' || post.author_handle) ilike all (public.parse_q(feed.q, 'short')), false)
    )
    and (
      public.parse_q(feed.q, 'without') is null
      or (coalesce(post.body_text, '') || E'\n' || post.author_handle) not ilike all (public.parse_q(feed.q, 'without'))
    )
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
