import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { judge } from '../../tooling/lib/api/contract.ts'
import { TIERS } from '../../tooling/lib/tiers.ts'
import { type Api, startApi } from '../support/api.ts'
import { COMPARING, HELPERS, INGEST, INLINED, INNER_VIEWS, READS, VIEWS } from './privilege-lists.ts'

// Who may do what, read from the catalogs and pinned as a whole: what is not listed here is denied. Then each forbidden
// thing is tried over HTTP.

const privileges = suite('privileges', {} as { api: Api })

privileges.before(async (context) => {
  context.api = await startApi()
})

privileges.after(async ({ api }) => {
  await api?.stop()
})

privileges('each role may use what is listed, and nothing else; PUBLIC nothing', async ({ api }) => {
  const rows = await api.db.query<{ right: string }>(`
    with
      granted as (
        select 'schema ' || nspname as object, nspacl as acl, nspowner as owner
        from pg_namespace
        where nspname in ('api', 'public')
        union all
        select
          case relkind when 'S' then 'sequence ' else 'relation ' end || nspname || '.' || relname,
          coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)),
          relowner
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname in ('api', 'public') and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        union all
        select 'column ' || attrelid::regclass || '.' || attname, attacl, relowner
        from pg_attribute
        join pg_class on pg_class.oid = attrelid
        where relnamespace in ('api'::regnamespace, 'public'::regnamespace) and attacl is not null
        union all
        select 'function ' || nspname || '.' || proname, coalesce(proacl, acldefault('f', proowner)), proowner
        from pg_proc
        join pg_namespace on pg_namespace.oid = pronamespace
        where nspname in ('api', 'public')
      )
    select distinct
      format(
        '%s: %s %s%s',
        case grantee when 0 then 'PUBLIC' else pg_get_userbyid(grantee) end,
        privilege_type,
        object,
        case when is_grantable then ' with grant option' else '' end
      ) as right
    from granted
    cross join lateral aclexplode(acl)
    where grantee <> owner`)
  const both = (right: string) => [`web_anon: ${right}`, `ingest: ${right}`]
  const expected = [
    ...['api', 'public'].flatMap((schema) => both(`USAGE schema ${schema}`)),
    ...VIEWS.flatMap((view) => both(`SELECT relation api.${view}`)),
    ...INNER_VIEWS.flatMap((view) => both(`SELECT relation public.${view}`)),
    ...READS.flatMap((name) => both(`EXECUTE function api.${name}`)),
    ...HELPERS.flatMap((name) => both(`EXECUTE function public.${name}`)),
    ...INGEST.map((name) => `ingest: EXECUTE function api.${name}`),
    // Those of a private feed: nobody without a token sees more than the health; reader has what web_anon has.
    'web_closed: USAGE schema api',
    'web_closed: USAGE schema public',
    'web_closed: SELECT relation api.health',
    'web_closed: EXECUTE function api.health',
    'web_closed: EXECUTE function public.pre_request',
    'web_closed: EXECUTE function public.reserve_slow_place',
  ]
  // Of an owner that is no superuser, pg_database_owner has its rights on schema public.
  const found = rows.map(({ right }) => right).filter((right) => !right.startsWith('pg_database_owner: '))
  assert.deepEqual(found.sort(), expected.sort())
})

privileges('the roles can do no more than these privileges allow', async ({ api }) => {
  const roles = await api.db.query(`
    select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
      (select array_agg(roleid::regrole::text) from pg_auth_members where member = pg_roles.oid) as member_of
    from pg_roles where rolname in ('authenticator', 'ingest', 'reader', 'web_anon', 'web_closed') order by 1`)
  const none = {
    rolsuper: false,
    rolinherit: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
    rolbypassrls: false,
  }
  const members = roles.map((role) => ({
    ...role,
    member_of: role.member_of?.sort() ?? null,
  }))
  assert.deepEqual(members, [
    { rolname: 'authenticator', ...none, rolcanlogin: true, member_of: ['ingest', 'reader', 'web_anon', 'web_closed'] },
    { rolname: 'ingest', ...none, rolcanlogin: false, member_of: null },
    { rolname: 'reader', ...none, rolinherit: true, rolcanlogin: false, member_of: ['web_anon'] },
    { rolname: 'web_anon', ...none, rolcanlogin: false, member_of: null },
    { rolname: 'web_closed', ...none, rolcanlogin: false, member_of: null },
  ])
  const owned = await api.db.query(
    `select from pg_shdepend where deptype = 'o' and refobjid = any (
      '{authenticator, ingest, reader, web_anon, web_closed}'::regrole[])`,
  )
  assert.deepEqual(owned, [])
})

privileges('each role has its timeouts, and authenticator has the planner settings of the feed', async ({ api }) => {
  const rows = await api.db.query<{ rolname: string; rolconfig: string[] }>(
    "select rolname, rolconfig from pg_roles where rolname in ('authenticator', 'ingest', 'reader', 'web_anon', 'web_closed')",
  )
  const [server] = await api.db.query(
    "select current_setting('server_version_num')::int >= 170000 as has_transaction_timeout",
  )
  for (const { rolname, rolconfig } of rows) {
    assert.ok(rolconfig.includes('TimeZone=UTC'), rolname)
    // That of authenticator would keep those of the others from being applied.
    assert.equal(
      rolconfig.some((setting) => /^transaction_timeout=\d+s$/.test(setting)),
      server!.has_transaction_timeout && rolname !== 'authenticator',
      rolname,
    )
    for (const name of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
      assert.ok(
        rolconfig.some((setting) => new RegExp(`^${name}=\\d+s$`).test(setting)),
        `${rolname} ${name}`,
      )
  }
  const { rolconfig } = rows.find(({ rolname }) => rolname === 'authenticator')!
  for (const setting of ['plan_cache_mode=force_custom_plan', 'jit=off'])
    assert.ok(rolconfig.includes(setting), setting)
})

// What Supabase's splinter looks for, where it applies.

privileges('no function has a search path that others can change, except the inlined ones', async ({ api }) => {
  const rows = await api.db.query<{ name: string }>(`
    select distinct nspname || '.' || proname as name
    from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where nspname in ('api', 'public')
      and not exists (select from unnest(proconfig) as setting where setting like 'search_path=%')
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')`)
  assert.deepEqual(rows.map(({ name }) => name).sort(), INLINED)
})

privileges('only the ingest functions and those that compare vectors are security definer', async ({ api }) => {
  const rows = await api.db.query<{ name: string }>(`
    select nspname || '.' || proname as name from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where prosecdef and nspname in ('api', 'public')`)
  assert.deepEqual(rows.map(({ name }) => name).sort(), [...INGEST, ...COMPARING].map((name) => `api.${name}`).sort())
})

privileges('the views show only the intended columns, and nothing of embeddings', async ({ api }) => {
  const rows = await api.db.query<{ view: string; source: string; hidden: string[] | null }>(`
    select distinct on (view.oid, source.oid)
      view.relname as view, source.relname as source,
      (
        select array_agg(attname::text order by attname)
        from pg_attribute
        where attrelid = source.oid and attnum > 0 and not attisdropped and attgenerated = ''
          and not exists (select from pg_attribute as shown where shown.attrelid = view.oid and shown.attname = pg_attribute.attname)
      ) as hidden
    from pg_rewrite
    join pg_class as view on view.oid = ev_class
    join pg_depend on pg_depend.objid = pg_rewrite.oid and refclassid = 'pg_class'::regclass
    join pg_class as source on source.oid = refobjid and source.relkind = 'r'
    where view.relnamespace = 'api'::regnamespace or view.relname like 'feed_%'`)
  assert.ok(rows.length >= 7)
  for (const { view, source, hidden } of rows) {
    assert.notEqual(source, 'embeddings', view)
    if (![...INNER_VIEWS, 'health'].includes(view)) assert.equal(hidden, null, `${view} hides ${hidden} of ${source}`)
  }
})

privileges(
  'every foreign key has its index, every table its primary key, and no table row security',
  async ({ api }) => {
    const unindexed = await api.db.query(`
    select conrelid::regclass::text as of_table, conname
    from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace
      and not exists (select from pg_index where indrelid = conrelid and indkey[0] = conkey[1] and indpred is null)`)
    assert.deepEqual(unindexed, [])
    const odd = await api.db.query(`
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_migrations'
      and (relrowsecurity or not exists (select from pg_index where indrelid = pg_class.oid and indisprimary))`)
    assert.deepEqual(odd, [])
  },
)

privileges('everything in schema api has a comment, and every argument of a read is in it', async ({ api }) => {
  const rows = await api.db.query<{ name: string; args: string[] | null; comment: string | null }>(`
    select relname as name, null::text[] as args, obj_description(oid, 'pg_class') as comment
    from pg_class where relnamespace = 'api'::regnamespace and relkind = 'v'
    union all
    select proname, proargnames[:pronargs], obj_description(oid, 'pg_proc') from pg_proc where pronamespace = 'api'::regnamespace`)
  const said = rows.find(({ name, args }) => name === 'feed' && args)!.comment!
  for (const { name, args, comment } of rows) {
    assert.ok(comment, name)
    // The filters are described once, in the comment on feed.
    if (READS.includes(name))
      for (const arg of args ?? []) assert.ok(`${comment}${said}`.includes(arg), `${name} ${arg}`)
  }
})

privileges('a comment that lists the tiers lists every one', async ({ api }) => {
  const rows = await api.db.query<{ comment: string }>(
    "select description as comment from pg_description where description ~ 'ecosystem'",
  )
  assert.ok(rows.length >= 3)
  for (const { comment } of rows) for (const tier of TIERS) assert.ok(comment.includes(tier), `${tier}: ${comment}`)
})

// Over HTTP.

const TABLES = ['posts', 'reports', 'watch_accounts', 'pipeline_runs', 'post_metrics_snapshots', 'feed', 'health']

privileges('nobody writes to a view, with a token or without', async ({ api }) => {
  for (const token of [undefined, true] as const)
    for (const view of TABLES)
      for (const method of ['POST', 'PATCH', 'DELETE', 'PUT'] as const) {
        const response = await fetch(`${api.target.api}/${view}?status_id=eq.1`, {
          method,
          headers: {
            'content-type': 'application/json',
            ...(token && { Authorization: `Bearer ${api.target.token}` }),
          },
          ...(method !== 'DELETE' && { body: '{"status_id": "1"}' }),
        })
        assert.ok(response.status >= 400, `${method} ${view}: ${response.status} ${await response.text()}`)
      }
  assert.equal((await api.db.query('select count(*)::int as posts from public.posts'))[0]!.posts, 7)
})

privileges('nothing in schema public, the catalogs or other schemas is accessible', async ({ api }) => {
  for (const name of [
    'embeddings',
    'deleted_authors',
    'deleted_posts',
    ...INNER_VIEWS,
    'schema_migrations',
    'pg_roles',
    'pg_authid',
    'public.posts',
    'pg_stat_activity',
  ])
    assert.equal((await fetch(`${api.target.api}/${name}`)).status, 404, name)
  for (const name of [
    'parse_time',
    'feed_counts',
    'pre_request',
    'read_batch',
    'bad_argument',
    'pg_sleep',
    'version',
    'set_config',
    'similarity',
  ])
    assert.equal((await fetch(`${api.target.api}/rpc/${name}`)).status, 404, name)
  for (const schema of ['public', 'pg_catalog', 'information_schema']) {
    const response = await fetch(`${api.target.api}/posts`, { headers: { 'Accept-Profile': schema } })
    assert.equal(response.status, 406, `${schema}: ${await response.text()}`)
  }
})

privileges('no ingest without a token', async ({ api }) => {
  for (const name of INGEST) {
    const body = ['ingest_run', 'ingest_digest', 'ingest_tombstones'].includes(name) ? {} : { items: [] }
    const call = { name, path: `/rpc/${name}`, method: 'POST', body, status: 401 } as const
    const { outcome, why } = await judge(api.target, call)
    assert.equal(outcome, 'passed', why)
  }
})

privileges('no response has more rows than the cap', async ({ api }) => {
  await api.db.query(`insert into public.posts (status_id, url, author_handle, discovered_at, last_seen_at)
    select 'many-' || i, 'u', 'many', '2026-01-01', now() from generate_series(1, 1100) as i`)
  try {
    for (const path of ['/feed', '/posts', '/rpc/feed', '/rpc/feed?limit=5000'])
      assert.equal(((await (await fetch(api.target.api + path)).json()) as unknown[]).length, 1000, path)
  } finally {
    await api.db.query("delete from public.posts where author_handle = 'many'")
  }
})

privileges('an activity with more buckets than that cap is complete', async ({ api }) => {
  await api.db.query(`insert into public.posts (status_id, url, author_handle, discovered_at, last_seen_at)
    select 'hour-' || i, 'u', 'hours', timestamptz '2025-01-01T00:30:00Z' + i * interval '1 hour', now() from generate_series(0, 1199) as i`)
  try {
    const answer = await fetch(`${api.target.api}/rpc/activity?bucket=hour&since=2025-01-01&until=2025-03-01`)
    const rows = (await answer.json()) as { bucket_at: string; posts: number }[]
    assert.deepEqual([rows.length, rows.at(-1)!.bucket_at], [1200, '2025-02-19T23:00:00+00:00'])
  } finally {
    await api.db.query("delete from public.posts where author_handle = 'hours'")
  }
})

privileges.run()
