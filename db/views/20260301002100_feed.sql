-- GET /feed?limit=20

-- migrate:up
-- Add new columns at the end. For any other change, drop function api.feed first and give its file a newer version too.
create or replace view api.feed as
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
order by
  post.discovered_at desc,
  post.status_id desc;

comment on view api.feed is 'The posts, newest first.';
comment on column api.feed.status_id is 'The post''s id on X.';
comment on column api.feed.discovered_at is 'When the monitor first saw the post.';
comment on column api.feed.author_handle is 'Lower case, without the @.';
comment on column api.feed.author_display is 'The author''s display name.';
comment on column api.feed.watch_tier is 'teammate, investor, influencer or ecosystem; null if the author is not on the watchlist.';
comment on column api.feed.body_text is 'The post''s text.';
comment on column api.feed.url is 'The post on X.';
comment on column api.feed.is_significant is 'Whether the monitor found the post significant.';
comment on column api.feed.significance_reason is 'Why the monitor found it significant.';
comment on column api.feed.likes is 'Likes when last seen.';
comment on column api.feed.reposts is 'Reposts when last seen.';
comment on column api.feed.replies is 'Replies when last seen.';
comment on column api.feed.views is 'Views when last seen.';
comment on column api.feed.reported_at is 'When the post was reported; null if it was not.';
comment on column api.feed.cursor is 'The post''s position in the feed: pass it to /rpc/feed to get the posts after it.';

grant select on api.feed to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop view api.feed;
