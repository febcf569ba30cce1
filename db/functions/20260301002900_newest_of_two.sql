-- The posts of two handles, newest first: the walks of the index posts_newest_by_handle, for the planner to merge

-- migrate:up
drop function if exists public.newest_of_two;

-- It must stay inlinable (sql, stable, no set), so that each walk ends with the page.
create function public.newest_of_two(handles text[])
returns setof public.feed_keys
language sql
stable
as $$
  (
    select
      author_handle,
      discovered_at,
      status_id
    from public.feed_keys
    where author_handle = handles[1]
    order by
      discovered_at desc,
      status_id desc
  )
  union all
  (
    select
      author_handle,
      discovered_at,
      status_id
    from public.feed_keys
    where author_handle = handles[2]
    order by
      discovered_at desc,
      status_id desc
  )
$$;

comment on function public.newest_of_two is 'The places in the feed of the posts of the first two handles; each handle''s are newest first.';

grant execute on function public.newest_of_two to web_anon, ingest;

-- migrate:down
drop function public.newest_of_two;
