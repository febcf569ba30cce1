-- The rows of the feed, unordered: a function over an ordered view could not push LIMIT down to the index

-- migrate:up
create or replace view public.feed_rows as
select
  post.status_id,
  post.discovered_at,
  post.author_handle,
  -- As public.counted_text, which would take 5% longer to plan a page.
  case when octet_length(post.author_display) > 1000 then public.count_bytes(post.author_display) else post.author_display end as author_display,
  post.watch_tier,
  case when octet_length(post.body_text) > 1000 then public.count_bytes(post.body_text) else post.body_text end as body_text,
  case when octet_length(post.url) > 1000 then public.count_bytes(post.url) else post.url end as url,
  post.is_significant,
  case when octet_length(post.significance_reason) > 1000 then public.count_bytes(post.significance_reason) else post.significance_reason end as significance_reason,
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

comment on view public.feed_rows is 'The rows of api.feed, unordered: the columns that anyone may read, long texts counted as by public.counted_text.';

grant select on public.feed_rows to web_anon, ingest;

-- migrate:down
drop view public.feed_rows;
