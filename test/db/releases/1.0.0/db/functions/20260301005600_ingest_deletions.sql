-- POST /rpc/ingest_deletions, POST /v1/ingest/deletions/batch

-- migrate:up
drop function if exists api.ingest_deletions;

create function api.ingest_deletions(json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  batch constant jsonb := public.read_batch(
    $1,
    '{"status_id": "key", "handle": "handle", "reason": "text"}',
    '{"status_id": null, "handle": null}',
    of_tombstones => true
  );
  status_ids constant text[] := array(select item ->> 'status_id' from jsonb_array_elements(batch -> 'items') as item);
  handles constant text[] := array(select item ->> 'handle' from jsonb_array_elements(batch -> 'items') as item);
  inserted bigint;
  updated bigint;
  removed bigint;
begin
  -- Waits for the batches and the import under way; what comes later finds the tombstones.
  lock table public.deleted_authors in exclusive mode;

  with
    authors as (
      insert into public.deleted_authors as old (handle, reason)
      select
        item ->> 'handle',
        item ->> 'reason'
      from jsonb_array_elements(batch -> 'items') as item
      where item ->> 'handle' is not null
      on conflict (handle) do update
      set reason = excluded.reason
      where coalesce(excluded.reason, old.reason) is distinct from old.reason
      returning xmax = 0 as is_new
    ),
    posts as (
      insert into public.deleted_posts as old (status_id, reason)
      select
        item ->> 'status_id',
        item ->> 'reason'
      from jsonb_array_elements(batch -> 'items') as item
      where item ->> 'status_id' is not null
      -- From now on it is deleted for itself, also if it was deleted with its author before.
      on conflict (status_id) do update
      set
        handle = null,
        reason = coalesce(excluded.reason, old.reason)
      where
        old.handle is not null
        or coalesce(excluded.reason, old.reason) is distinct from old.reason
      returning xmax = 0 as is_new
    )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from (
    table authors
    union all
    table posts
  ) as put;

  insert into public.deleted_posts (status_id, handle)
  select
    status_id,
    author_handle
  from public.posts
  where author_handle = any (handles)
  on conflict (status_id) do nothing;

  -- With its metrics, report and embedding.
  delete from public.posts
  where
    status_id = any (status_ids)
    or author_handle = any (handles);
  get diagnostics removed = row_count;

  delete from public.watch_accounts
  where handle = any (handles);

  return public.ingest_answer(batch, inserted, updated, removed);
end
$$;

comment on function api.ingest_deletions is
$$Deletes up to 1,000 posts and authors for good

Send `{"items": [...]}`. Each item has either `status_id` or `handle`, and optionally `reason`. A post goes with its metrics, report and embedding, an author with all their posts and their place on the watchlist. A tombstone is left: the status_id or the handle, when, and the reason. What has one is stored by no later call, and no import: its items are counted as deleted. The answer is that of /rpc/ingest_posts: inserted counts new tombstones, updated those with a new reason, skipped those that were there; removed counts the posts that went.$$;

grant execute on function api.ingest_deletions to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_deletions;
