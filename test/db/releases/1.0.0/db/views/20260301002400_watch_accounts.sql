-- GET /watch_accounts?tier=eq.teammate

-- migrate:up
-- Add new columns at the end. For any other change, drop function api.watch_accounts first and give its file a newer version too.
create or replace view api.watch_accounts as
select
  handle,
  tier,
  public.counted_text(note) as note,
  added_at,
  created_at,
  updated_at
from public.watch_accounts;

comment on view api.watch_accounts is 'The accounts that the monitor watches, with their tier.';

grant select on api.watch_accounts to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop view api.watch_accounts;
