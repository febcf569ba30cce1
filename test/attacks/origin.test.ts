import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { startEngine } from '../../tooling/lib/api/engine.ts'
import { startPostgrest } from '../../tooling/lib/api/postgrest.ts'
import { postgrestSettings } from '../../tooling/lib/api/postgrest-settings.ts'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { ENGINES, SECRET, withoutPostgrest } from '../support/api.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// PostgREST's own address, past the edge: with PGRST_APP_SETTINGS_EDGE_KEY it answers only requests that have such a key.

type Origin = { ask: (path: string, init?: RequestInit) => Promise<Response>; stop: () => Promise<void> }

const SETTINGS = { ...postgrestSettings(), PGRST_APP_SETTINGS_EDGE_KEY: ' first  second ' }
const key = (value: string) => ({ 'x-xmonitor-edge': value })

for (const kind of ENGINES) {
  const test = suite(`origin, ${kind}`, {} as { db: Database; origin: Origin })

  test.before(async (context) => {
    context.db = await freshDatabase()
    context.origin = kind === 'binary' ? await binary(context.db.url) : await standIn(context.db.url)
  })
  test.after(async ({ db, origin }) => {
    await origin?.stop()
    await db?.drop()
  })

  test('without a key of the edge every call is refused, with a token too', async ({ origin }) => {
    const { token } = await makeToken({ role: 'ingest', ttl: '5m', secret: SECRET })
    const wrong = [{}, key(''), key(' '), key('x'), key('First'), key('first second'), key('first,first')]
    for (const headers of wrong)
      for (const path of ['/feed', '/posts?limit=1', '/rpc/feed', '/rpc/stats', '/rpc/feed_atom'])
        await isRefused(await origin.ask(path, { headers: headers as Record<string, string> }), path)
    const write = { method: 'POST', body: '{"items": []}' }
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    await isRefused(await origin.ask('/rpc/ingest_posts', { ...write, headers }), 'a write')
    assert.equal(
      (await origin.ask('/rpc/ingest_posts', { ...write, headers: { ...headers, ...key('first') } })).status,
      200,
    )
  })

  test('each of two keys is accepted, so that one can replace the other', async ({ origin }) => {
    for (const value of ['first', 'second'])
      assert.equal((await origin.ask('/rpc/stats', { headers: key(value) })).status, 200, value)
  })

  test('the health is open to load balancers, and is all that is', async ({ origin }) => {
    for (const path of ['/rpc/health', '/health']) assert.equal((await origin.ask(path)).status, 200, path)
    for (const path of ['/rpc/health/', '/%68ealth/../posts', '/rpc/../posts', '/rpc%2fhealth', '/Health'])
      assert.ok((await origin.ask(path)).status >= 400, path)
  })

  test.run()
}

async function isRefused(answer: Response, what: string): Promise<void> {
  const text = await answer.text()
  assert.deepEqual([answer.status, JSON.parse(text).code], [403, 'PT403'], what)
  assert.doesNotMatch(text, /first|second/)
}

async function standIn(databaseUrl: string): Promise<Origin> {
  const engine = await withoutPostgrest(() => startEngine({ databaseUrl, jwtSecret: SECRET, settings: SETTINGS }))
  return { ask: (path, init) => engine.fetch(new Request(`http://localhost${path}`, init)), stop: engine.stop }
}

async function binary(databaseUrl: string): Promise<Origin> {
  const program = process.env.POSTGREST_BIN ?? 'postgrest'
  const {
    url,
    fetch: own,
    stop,
  } = await startPostgrest(program, { databaseUrl, jwtSecret: SECRET, settings: SETTINGS })
  // What npm start forwards has a key that nobody else knows, whatever the client sends.
  assert.equal((await own(new Request('http://localhost/rpc/stats', { headers: key('x') }))).status, 200)
  return { ask: (path, init) => fetch(url + path, init), stop }
}
