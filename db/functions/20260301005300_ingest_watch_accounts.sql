-- POST /rpc/ingest_watch_accounts, POST /v1/ingest/watch-accounts/batch

-- migrate:up
drop function if exists api.ingest_watch_accounts;

create function api.ingest_watch_accounts(items json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  batch jsonb;
  errors json;
  inserted bigint;
  updated bigint;
begin
  select
    coalesce(jsonb_agg(read.item) filter (where read.problem is null), '[]'),
    coalesce(
      json_agg(json_build_object('index', read.index, 'message', read.problem) order by read.index)
        filter (where read.problem is not null),
      '[]'
    )
  into batch, errors
  from public.read_items(
    items,
    '{"handle": "handle!", "tier": "tier!", "note": "text", "added_at": "time"}',
    '{handle}'
  ) as read;

  -- The table is small: two batches at once go one after the other. A field that was not sent keeps its value.
  lock table public.watch_accounts in share row exclusive mode;

  with put as (
    insert into public.watch_accounts as old (handle, tier, note, added_at)
    select
      new.handle,
      new.tier,
      new.note,
      coalesce(new.added_at, old.added_at, now())
    from jsonb_array_elements(batch) as item
    left join public.watch_accounts as old on old.handle = item ->> 'handle'
    cross join lateral jsonb_populate_record(old, item) as new
    order by new.handle
    on conflict (handle) do update
    set
      tier = excluded.tier,
      note = excluded.note,
      added_at = excluded.added_at,
      updated_at = now()
    where
      (old.tier, old.note, old.added_at)
      is distinct from (excluded.tier, excluded.note, excluded.added_at)
    returning xmax = 0 as is_new
  )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from put;

  return public.ingest_result(json_array_length(items), inserted, updated, errors);
end
$$;

comment on function api.ingest_watch_accounts is
$$Puts up to 1,000 accounts on the watchlist

Each item has `handle` and `tier` (teammate, influencer or ecosystem), and may have `note` and `added_at`. The answer is `{received, inserted, updated, skipped, errors}`.$$;

grant execute on function api.ingest_watch_accounts to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_watch_accounts;
