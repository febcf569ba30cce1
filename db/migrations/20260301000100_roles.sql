-- The three roles of the API: https://docs.postgrest.org/en/v13/references/auth.html

-- migrate:up
-- Roles belong to the cluster: another database may have created them already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'web_anon') then
    create role web_anon nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'ingest') then
    create role ingest nologin noinherit;
  end if;
  -- No password here: whoever runs the stack sets it (npm run db:authenticator).
  if not exists (select from pg_roles where rolname = 'authenticator') then
    create role authenticator login noinherit;
  end if;
end
$$;

grant web_anon, ingest to authenticator;

-- Only what differs: altering a role needs rights that whoever migrates a second database may not have.
do $$
declare
  wanted record;
begin
  for wanted in
    select role, name, value
    from (
      values
        -- PostgREST prepares its statements: a generic plan of api.feed could not fold away the filters that were not given.
        ('authenticator', 'plan_cache_mode', 'force_custom_plan'),
        -- Compiling a page's query takes longer than running it.
        ('authenticator', 'jit', 'off'),
        -- Runaway queries end. PostgREST applies the settings of the role it switches to; those of authenticator are for
        -- its own queries.
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
-- The roles stay: other databases may use them. Their privileges here go with the objects.
