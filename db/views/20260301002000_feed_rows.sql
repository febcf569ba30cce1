-- The rows of the feed without their order: a function that reads an ordered view could not hand a LIMIT down to the index

-- migrate:up
create or replace view public.feed_rows as
select
  posts.status_id,
  posts.discovered_at,
  posts.author_handle,
  posts.author_display,
  posts.watch_tier,
  posts.body_text,
  posts.url,
  posts.is_significant,
  posts.significance_reason,
  posts.likes,
  posts.reposts,
  posts.replies,
  posts.views,
  reports.reported_at,
  encode(timestamptz_send(posts.discovered_at), 'hex') || '_' || posts.status_id as cursor
from public.posts
left join public.reports on reports.status_id = posts.status_id;

comment on view public.feed_rows is 'What api.feed shows, unordered; the columns of posts that anybody may read.';

grant select on public.feed_rows to web_anon, ingest;

-- migrate:down
drop view public.feed_rows;
