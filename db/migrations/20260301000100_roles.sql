-- The three roles of the API: https://docs.postgrest.org/en/v13/references/auth.html

-- migrate:up
-- Roles belong to the cluster, not to the database: another database may have made them already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'web_anon') then
    create role web_anon nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'ingest') then
    create role ingest nologin noinherit;
  end if;
  -- No password here: whoever runs the stack sets it (alter role authenticator password ...).
  if not exists (select from pg_roles where rolname = 'authenticator') then
    create role authenticator login noinherit;
  end if;
end
$$;

grant web_anon, ingest to authenticator;

-- A prepared call of api.feed is planned with its arguments, each time: a plan for any arguments could fold no filter away.
alter role authenticator set plan_cache_mode = 'force_custom_plan';
-- To compile a query of a page takes longer than to run it.
alter role authenticator set jit = off;

-- What runs away ends. PostgREST takes over the settings of the role that a request speaks for; authenticator's are for
-- what it asks itself.
alter role authenticator set statement_timeout = '30s';
alter role authenticator set lock_timeout = '5s';
alter role authenticator set idle_in_transaction_session_timeout = '10s';
alter role web_anon set statement_timeout = '5s';
alter role web_anon set lock_timeout = '2s';
alter role web_anon set idle_in_transaction_session_timeout = '5s';
alter role ingest set statement_timeout = '30s';
alter role ingest set lock_timeout = '10s';
alter role ingest set idle_in_transaction_session_timeout = '10s';

-- migrate:down
-- The roles stay: other databases of the cluster may use them, and rights inside this one go with its objects.
