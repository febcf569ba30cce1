-- The row type of /rpc/top

-- migrate:up
-- A view and not a type, since only a view can be replaced while functions return its rows. Add new columns at the end. For
-- any other change, drop api.top first and give its file a newer version too.
create or replace view public.top_posts as
select
  null::double precision as value,
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
where false;

comment on view public.top_posts is 'No rows: the columns of a post of the feed, with the value it is ranked by.';

-- migrate:down
drop view public.top_posts;
