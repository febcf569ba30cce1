-- The roles of the API: https://docs.postgrest.org/en/v16/references/auth.html

-- migrate:up
-- Roles belong to the cluster: another database may have created them already.
do $$
begin
  -- Requests without a token. PGRST_DB_ANON_ROLE names one of the two: with web_anon everyone may read; with web_closed
  -- the feed is private.
  if not exists (select from pg_roles where rolname = 'web_anon') then
    create role web_anon nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'web_closed') then
    create role web_closed nologin noinherit;
  end if;
  -- Tokens that may read what web_anon may read, which it inherits.
  if not exists (select from pg_roles where rolname = 'reader') then
    create role reader nologin inherit;
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

-- Only what is missing or different: in a second database of the cluster, the caller may not have the privilege to change roles.
do $$
declare
  wanted record;
begin
  for wanted in
    select role, member
    from (
      values
        ('web_anon', 'reader'),
        ('web_anon', 'authenticator'),
        ('web_closed', 'authenticator'),
        ('reader', 'authenticator'),
        ('ingest', 'authenticator')
    ) as granted(role, member)
    where not exists (
      select from pg_auth_members
      where pg_auth_members.roleid = role::regrole and pg_auth_members.member = granted.member::regrole
    )
  loop
    execute format('grant %I to %I', wanted.role, wanted.member);
  end loop;

  for wanted in
    select role, name, value
    from (
      values
        -- PostgREST prepares its statements, and a generic plan of api.feed could not drop the filters that were not given.
        ('authenticator', 'plan_cache_mode', 'force_custom_plan'),
        -- Compiling a page's query takes longer than running it.
        ('authenticator', 'jit', 'off'),
        -- Times are in UTC, whatever the database is set to.
        ('authenticator', 'TimeZone', 'UTC'),
        ('web_anon', 'TimeZone', 'UTC'),
        ('web_closed', 'TimeZone', 'UTC'),
        ('reader', 'TimeZone', 'UTC'),
        ('ingest', 'TimeZone', 'UTC'),
        -- Runaway queries are canceled. PostgREST applies the settings of the role it switches to; those of authenticator
        -- are for its own queries. It has no transaction_timeout: while one runs, that of the role is not applied.
        ('web_anon', 'transaction_timeout', '5s'),
        ('web_closed', 'transaction_timeout', '5s'),
        ('reader', 'transaction_timeout', '10s'),
        ('ingest', 'transaction_timeout', '60s'),
        ('authenticator', 'statement_timeout', '30s'),
        ('authenticator', 'lock_timeout', '5s'),
        ('authenticator', 'idle_in_transaction_session_timeout', '10s'),
        ('web_anon', 'statement_timeout', '2s'),
        ('web_anon', 'lock_timeout', '2s'),
        ('web_anon', 'idle_in_transaction_session_timeout', '5s'),
        ('web_closed', 'statement_timeout', '2s'),
        ('web_closed', 'lock_timeout', '2s'),
        ('web_closed', 'idle_in_transaction_session_timeout', '5s'),
        -- Settings are not inherited.
        ('reader', 'statement_timeout', '5s'),
        ('reader', 'lock_timeout', '2s'),
        ('reader', 'idle_in_transaction_session_timeout', '5s'),
        ('ingest', 'statement_timeout', '30s'),
        ('ingest', 'lock_timeout', '10s'),
        ('ingest', 'idle_in_transaction_session_timeout', '10s')
    ) as setting(role, name, value)
    where
      not exists (
        select from pg_roles
        where rolname = role and setting.name || '=' || value = any (rolconfig)
      )
      -- Postgres 15 and 16 have no transaction_timeout.
      and setting.name in (select pg_settings.name from pg_settings)
  loop
    execute format('alter role %I set %I = %L', wanted.role, wanted.name, wanted.value);
  end loop;
end
$$;

-- migrate:down
-- The roles stay: other databases may use them. Their privileges here go with the objects.
