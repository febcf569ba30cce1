-- GET /rpc/feed_page?page_size=50, GET /v1/feed?limit=50

-- migrate:up
drop function if exists api.feed_page;

create function api.feed_page(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
  q text default null,
  cursor text default null,
  page_size text default null
)
returns json
language plpgsql
stable
set search_path = ''
-- A generic plan could not drop the filters that were not given.
set plan_cache_mode = 'force_custom_plan'
as $$
declare
  size constant integer := public.parse_size('page_size', page_size, 200, 50);
  items json[];
  cursors text[];
begin
  -- One row more than the page shows whether there is a next page.
  select
    array_agg(to_json(post)),
    array_agg(post.cursor)
  into items, cursors
  from (
    select *
    from api.feed(
      feed_page.since,
      feed_page.until,
      feed_page.tier,
      feed_page.handle,
      feed_page.significant,
      feed_page.reported,
      feed_page.q,
      feed_page.cursor
    )
    limit size + 1
  ) as post;

  return json_build_object(
    'items', coalesce(array_to_json(items[:size]), '[]'),
    'next_cursor', case when cardinality(cursors) > size then cursors[size] end
  );
end
$$;

comment on function api.feed_page is
$$A page of the feed, with the cursor of the next one

Takes the filters of /rpc/feed and `page_size`, 1 to 200, by default 50. The answer is `{items, next_cursor}`; next_cursor is null on the last page.$$;

grant execute on function api.feed_page to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.feed_page;
