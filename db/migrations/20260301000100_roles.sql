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

-- Each only where it is not so already: roles are shared by all databases of the cluster.
do $$
declare
  wanted record;
begin
  for wanted in
    select role, name, value
    from (
      values
        -- A prepared call of api.feed is planned with its arguments, each time: a plan for any arguments could fold no
        -- filter away.
        ('authenticator', 'plan_cache_mode', 'force_custom_plan'),
        -- To compile a query of a page takes longer than to run it.
        ('authenticator', 'jit', 'off'),
        -- What runs away ends. PostgREST takes over the settings of the role that a request speaks for; authenticator's
        -- are for what it asks itself.
        ('authenticator', 'statement_timeout', '30s'),
        ('authenticator', 'lock_timeout', '5s'),
        ('authenticator', 'idle_in_transaction_session_timeout', '10s'),
        ('web_anon', 'statement_timeout', '5s'),
        ('web_anon', 'lock_timeout', '2s'),
        ('web_anon', 'idle_in_transaction_session_timeout', '5s'),
        ('ingest', 'statement_timeout', '30s'),
        ('ingest', 'lock_timeout', '10s'),
        ('ingest', 'idle_in_transaction_session_timeout', '10s')
    ) as setting(role, name, value)
    where not exists (
      select from pg_roles
      where rolname = role and name || '=' || value = any (rolconfig)
    )
  loop
    execute format('alter role %I set %I = %L', wanted.role, wanted.name, wanted.value);
  end loop;
end
$$;

-- migrate:down
-- The roles stay: other databases of the cluster may use them, and rights inside this one go with its objects.
