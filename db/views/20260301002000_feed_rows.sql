-- The rows of the feed without their order: a function that reads an ordered view could not hand a LIMIT down to the index

-- migrate:up
create or replace view public.feed_rows as
select
  status_id,
  discovered_at,
  author_handle,
  author_display,
  watch_tier,
  body_text,
  url,
  is_significant,
  significance_reason,
  likes,
  reposts,
  replies,
  views
from public.posts;

comment on view public.feed_rows is 'What api.feed shows of posts, unordered: the columns that anybody may read.';

grant select on public.feed_rows to web_anon, ingest;

-- migrate:down
drop view public.feed_rows;
