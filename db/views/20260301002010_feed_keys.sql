-- Each author's posts by their place in the feed: just what the index posts_newest_by_handle holds

-- migrate:up
create or replace view public.feed_keys as
select
  author_handle,
  discovered_at,
  status_id
from public.posts;

comment on view public.feed_keys is 'Where each author''s posts stand in the feed.';

grant select on public.feed_keys to web_anon, ingest;

-- migrate:down
drop view public.feed_keys;
