-- The rows of the feed without their order: a function that reads an ordered view could not hand a LIMIT down to the index

-- migrate:up
create or replace view public.feed_rows as
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
    from public.reports as report
    where report.status_id = post.status_id
  ) as reported_at,
  encode(timestamptz_send(post.discovered_at), 'hex') || '_' || post.status_id as cursor
from public.posts as post;

comment on view public.feed_rows is 'What api.feed shows, unordered: the columns that anybody may read.';

grant select on public.feed_rows to web_anon, ingest;

-- migrate:down
drop view public.feed_rows;
