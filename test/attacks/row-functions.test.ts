import assert from 'node:assert/strict'
import { suite } from 'uvu'
import type { Engine } from '../../tooling/lib/api/engine.ts'
import { ENGINES, FIXTURE, startTestEngine } from '../support/api.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// The limit of rows and the ban on aggregates hold for PostgREST itself, without an edge in front of it. Postgres reads
// posts.json_agg as json_agg(posts), and PostgREST passes on every name.

/** The functions of Postgres that can be called with one whole row. */
const FUNCTIONS = `
  select distinct proname as name
  from pg_proc
  where pronamespace = 'pg_catalog'::regnamespace and prokind <> 'p' and pronargs - pronargdefaults <= 1
    and proargtypes[0]::regtype::text in ('"any"', 'anycompatible', 'anycompatiblenonarray', 'anyelement', 'anynonarray', 'record')
  order by 1`

/** What has rows for web_anon: the views, and the functions that return rows. */
const RELATIONS = `
  select relname as name, '/' || relname as path, oid::regclass::text as type
  from pg_class
  where relnamespace = 'api'::regnamespace and relkind = 'v' and has_table_privilege('web_anon', oid, 'select')
  union all
  select proname, '/rpc/' || proname, prorettype::regtype::text
  from pg_proc join pg_type on pg_type.oid = prorettype
  where pronamespace = 'api'::regnamespace and proretset and has_function_privilege('web_anon', pg_proc.oid, 'execute')
  order by 2`

const ARGUMENTS: Record<string, string> = { similar: 'status_id=1890000000000000001&' }

for (const kind of ENGINES) {
  const test = suite(`whole rows, ${kind}`, {} as { db: Database; engine: Engine })

  test.before(async (context) => {
    context.db = await freshDatabase()
    await context.db.query(FIXTURE)
    context.engine = await startTestEngine(kind, context.db.url)
  })
  test.after(async ({ db, engine }) => {
    await engine?.stop()
    await db?.drop()
  })

  test('no function of Postgres can be called with a row of the API', async ({ db, engine }) => {
    const functions = await db.query<{ name: string }>(FUNCTIONS)
    const relations = await db.query<{ name: string; path: string }>(RELATIONS)
    assert.ok(functions.some(({ name }) => name === 'json_agg') && functions.length >= 35)
    assert.ok(relations.some(({ path }) => path === '/rpc/feed') && relations.length >= 10)
    for (const { name, path } of relations)
      for (const { name: called } of functions) {
        // It needs a body; its rows are of the type of those of similar.
        if (path === '/rpc/nearest') continue
        // A column, and an aggregate that the stand-in counts itself.
        if (called === 'mode' && name === 'pipeline_runs') continue
        if (called === 'count' && kind === 'stand-in') continue
        await refuses(engine, `${path}?${ARGUMENTS[name] ?? ''}select=${called}`)
      }
    for (const { name: called } of functions)
      if (called !== 'count' || kind !== 'stand-in') await refuses(engine, `/posts?select=status_id,reports(${called})`)
  })

  test('what PostgREST does with rows itself still works', async ({ engine }) => {
    const list = await read(engine, '/posts?select=status_id,reports(channel),post_metrics_snapshots(likes)&limit=1')
    assert.equal((list as unknown[]).length, 1)
    assert.equal(((await read(engine, '/reports?select=channel,posts(url)')) as unknown[]).length, 1)
    assert.equal(((await read(engine, '/rpc/feed?limit=2&select=status_id')) as unknown[]).length, 2)
  })

  test.run()
}

const catalog = suite('whole rows, catalog', {} as { db: Database })

catalog.before(async (context) => {
  context.db = await freshDatabase()
})
catalog.after(({ db }) => db?.drop())

catalog('each exposed row type can be converted to refused.whole_row, and none is anonymous', async ({ db }) => {
  const types = new Set((await db.query<{ type: string }>(RELATIONS)).map(({ type }) => type))
  const casts = await db.query<{ type: string }>(
    `select castsource::regtype::text as type from pg_cast where casttarget = 'refused.whole_row'::regtype and castcontext = 'i'`,
  )
  const converted = new Set(casts.map(({ type }) => type))
  assert.deepEqual(
    [...types].filter((type) => !converted.has(type)),
    [],
  )
})

catalog.run()

async function refuses(engine: Engine, path: string): Promise<void> {
  const answer = await ask(engine, path)
  assert.ok(
    answer.status >= 400 && answer.status < 500,
    `${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`,
  )
}

async function read(engine: Engine, path: string): Promise<unknown> {
  const answer = await ask(engine, path)
  assert.equal(answer.status, 200, path)
  return answer.json()
}

function ask(engine: Engine, path: string): Promise<Response> {
  return engine.fetch(new Request(`http://localhost${path}`))
}
