-- POST /rpc/ingest_watch_accounts, POST /v1/ingest/watch-accounts/batch

-- migrate:up
drop function if exists api.ingest_watch_accounts;

create function api.ingest_watch_accounts(json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  batch constant jsonb := public.read_batch(
    $1,
    '{"handle": "handle!", "tier": "tier!", "note": "text", "added_at": "time"}',
    '{"handle": null}'
  );
  inserted bigint;
  updated bigint;
begin
  -- The table is small: concurrent batches run one after the other.
  lock table public.watch_accounts in share row exclusive mode;

  -- A field that was not sent keeps its value.
  with put as (
    insert into public.watch_accounts as old (handle, tier, note, added_at)
    select
      new.handle,
      new.tier,
      new.note,
      coalesce(new.added_at, old.added_at, now())
    from jsonb_array_elements(batch -> 'items') as item
    left join public.watch_accounts as old on old.handle = item ->> 'handle'
    cross join lateral jsonb_populate_record(old, item) as new
    where
      (new.handle, new.tier, new.note, coalesce(new.added_at, old.added_at))
      is distinct from (old.handle, old.tier, old.note, old.added_at)
    on conflict (handle) do update
    set
      tier = excluded.tier,
      note = excluded.note,
      added_at = excluded.added_at,
      updated_at = now()
    returning xmax = 0 as is_new
  )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from put;

  return public.ingest_answer(batch, inserted, updated);
end
$$;

comment on function api.ingest_watch_accounts is
$$Inserts or updates up to 1,000 accounts of the watchlist

Send `{"items": [...]}`. Each item has `handle` and `tier` (teammate, investor, influencer or ecosystem), and optionally `note` and `added_at` (by default now). The answer is that of /rpc/ingest_posts.$$;

grant execute on function api.ingest_watch_accounts to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_watch_accounts;
