-- The rows of the feed, unordered: a function over an ordered view could not push LIMIT down to the index

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
  -- A subquery costs less to plan than a join, and a page has only 50 rows.
  (
    select report.reported_at
    from public.reports as report
    where report.status_id = post.status_id
  ) as reported_at,
  encode(timestamptz_send(post.discovered_at), 'hex') || '_' || post.status_id as cursor,
  post.search_text
from public.posts as post;

comment on view public.feed_rows is 'The rows of api.feed, unordered: the columns that anyone may read.';

grant select on public.feed_rows to web_anon, ingest;

-- migrate:down
drop view public.feed_rows;
