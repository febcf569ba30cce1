-- GET /rpc/author?handle=ann

-- migrate:up
drop function if exists api.author;

create function api.author(handle text)
returns json
language plpgsql
stable
set search_path = ''
-- Planning takes longer than counting.
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  -- Together these bound the cost.
  max_posts constant integer := 10000;
  max_recent constant integer := 200;
  handles constant text[] := public.parse_handles(author.handle);
  account record;
  newest record;
  posts bigint;
  recent record;
begin
  if handles is null or cardinality(handles) <> 1 then
    perform public.bad_argument('handle', author.handle, 'Use one handle.');
  end if;

  select
    watch_accounts.tier,
    watch_accounts.note
  into account
  from api.watch_accounts
  where watch_accounts.handle = handles[1];

  select
    feed_rows.author_display,
    feed_rows.watch_tier,
    feed_rows.discovered_at
  into newest
  from public.feed_rows
  where feed_rows.author_handle = handles[1]
  order by
    feed_rows.discovered_at desc,
    feed_rows.status_id desc
  limit 1;

  if newest.discovered_at is null and account.tier is null then
    perform public.unknown_author(author.handle);
  end if;

  select count(*)
  into posts
  from (
    select
    from public.feed_rows
    where feed_rows.author_handle = handles[1]
    limit max_posts + 1
  ) as counted;

  with
    sample as materialized (
      select
        post.status_id,
        post.discovered_at,
        post.likes,
        post.views
      from public.feed_rows as post
      where post.author_handle = handles[1]
      order by
        post.discovered_at desc,
        post.status_id desc
      limit max_recent
    )
  select
    count(*) as posts,
    percentile_cont(0.5) within group (order by sample.likes) as median_likes,
    percentile_cont(0.5) within group (order by sample.views) as median_views,
    -- Over a week at least, or two posts within an hour would be hundreds.
    count(*) / greatest(extract(epoch from max(sample.discovered_at) - min(sample.discovered_at)) / (7 * 86400), 1) as per_week,
    (select best.status_id from sample as best order by best.likes desc, best.discovered_at desc limit 1) as best_id
  into recent
  from sample;

  return json_build_object(
    'handle', handles[1],
    'display_name', newest.author_display,
    'tier', coalesce(account.tier, newest.watch_tier),
    'note', account.note,
    'posts', least(posts, max_posts),
    'exact', posts <= max_posts,
    'first_seen_at', (select min(post.discovered_at) from public.feed_rows as post where post.author_handle = handles[1]),
    'last_seen_at', newest.discovered_at,
    'recent_posts', recent.posts,
    'median_likes', recent.median_likes,
    'median_views', recent.median_views,
    'posts_per_week', round(recent.per_week, 1),
    'best_post', (
      select to_json(post)
      from api.feed as post
      where post.status_id = recent.best_id
    )
  );
end
$$;

comment on function api.author is
$$One author in numbers, with the watchlist's tier and note

The answer is `{handle, display_name, tier, note, posts, exact, first_seen_at, last_seen_at, recent_posts, median_likes, median_views, posts_per_week, best_post}`. Up to 10,000 posts are counted; `exact` is false if there are more. The medians, the posts per week and the best post, by likes, are those of the newest 200 posts; `recent_posts` is their number. An author with neither posts nor a place on the watchlist is HTTP 404.$$;

grant execute on function api.author to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.author;
