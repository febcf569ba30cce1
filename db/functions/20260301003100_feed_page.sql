-- GET /rpc/feed_page?page_size=50, GET /v1/feed?limit=50

-- migrate:up
drop function if exists api.feed_page;

create function api.feed_page(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  q text default null,
  cursor text default null,
  page_size text default null
)
returns json
language sql
stable
as $$
  with
    -- One row more than the page: that there is one says that there is a next page.
    found as materialized (
      select
        post as item,
        row_number() over () as position
      from (
        select *
        from api.feed(
          feed_page.since,
          feed_page.until,
          feed_page.tier,
          feed_page.handle,
          feed_page.significant,
          feed_page.q,
          feed_page.cursor
        )
        limit public.parse_size('page_size', feed_page.page_size, 200, 50) + 1
      ) as post
    ),
    page as (
      select item, position
      from found
      where position <= public.parse_size('page_size', feed_page.page_size, 200, 50)
    )
  select json_build_object(
    'items', coalesce((select json_agg(item order by position) from page), '[]'),
    'next_cursor', case
      when (select count(*) from found) > (select count(*) from page)
      then (select (item).cursor from page order by position desc limit 1)
    end
  )
$$;

comment on function api.feed_page is
$$A page of the feed, with the cursor of the next one

Takes the filters of /rpc/feed; `page_size` is 50 when not given, at most 200. The answer is `{items, next_cursor}`; next_cursor is null on the last page.$$;

grant execute on function api.feed_page to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.feed_page;
