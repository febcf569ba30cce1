-- The row type of /rpc/similar, /rpc/nearest and /rpc/duplicates

-- migrate:up
-- A view and not a type, since only a view can be replaced while functions return its rows. Add new columns at the end. For
-- any other change, drop those functions first and give their files newer versions too.
create or replace view public.similar_posts as
select
  null::double precision as similarity,
  null::text collate "C" as similar_to,
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

comment on view public.similar_posts is
  'Has no rows: the columns of the feed, with how similar the post is, and to which post (null for a vector sent by the client).';

-- migrate:down
drop view public.similar_posts;
