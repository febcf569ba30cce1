-- GET /rpc/watch_accounts?tier=, GET /v1/watch-accounts?tier=

-- migrate:up
drop function if exists api.watch_accounts;

create function api.watch_accounts(tier text default null)
returns setof api.watch_accounts
language sql
stable
as $$
  select
    account.handle,
    account.tier,
    account.note,
    account.added_at,
    account.created_at,
    account.updated_at
  from api.watch_accounts as account
  where
    watch_accounts.tier is null
    or public.matches_tier(account.tier, watch_accounts.tier)
  order by
    account.tier,
    account.handle
$$;

comment on function api.watch_accounts is
$$The accounts of the watchlist, by tier and handle

- `tier`: as for /rpc/feed$$;

grant execute on function api.watch_accounts to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.watch_accounts;
