-- GET /rpc/ingest_tombstones, GET /v1/ingest/tombstones

-- migrate:up
drop function if exists api.ingest_tombstones;

create function api.ingest_tombstones()
returns json
language sql
stable
security definer
set search_path = ''
as $$
  select json_build_object(
    'status_ids', (select coalesce(json_agg(status_id order by status_id), '[]') from public.deleted_posts),
    'handles', (select coalesce(json_agg(handle order by handle collate "C"), '[]') from public.deleted_authors)
  )
$$;

comment on function api.ingest_tombstones is
$$Which posts and authors were deleted on request

`{status_ids, handles}`, both in order. None of these posts, and none by these authors, is stored.$$;

grant execute on function api.ingest_tombstones to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_tombstones;
