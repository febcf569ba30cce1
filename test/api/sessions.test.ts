import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { suite } from 'uvu'
import { type Api, ENGINES, startApi } from '../support/api.ts'
import { throwawayServer } from '../support/database.ts'

// The settings of the API's roles as requests meet them: the time zone and the time limits. On a server of its own, since
// roles belong to the whole server.

const SETUP = `
  do $$
  begin
    execute format('alter database %I set timezone = %L', current_database(), 'America/New_York');
  end
  $$;
  create function api.sleep() returns void language sql begin atomic select pg_sleep(3); end;
  grant execute on function api.sleep to web_anon;`

const READS = [
  '/feed?limit=1',
  '/rpc/feed?limit=1',
  '/rpc/feed_page?page_size=1',
  '/rpc/post?status_id=1890000000000000001',
  '/rpc/stats',
  '/rpc/activity',
  '/pipeline_runs',
]

const server = await throwawayServer()
process.env.DATABASE_URL_TEST = server.url

let running = ENGINES.length
for (const engine of ENGINES) {
  const sessions = suite(`sessions, ${engine}`, {} as { api: Api })

  sessions.before(async (context) => {
    context.api = await startApi(engine, { sql: SETUP })
  })
  sessions.after(async ({ api }) => {
    await api?.stop()
    if (--running === 0) await server.stop()
  })

  sessions('times are in UTC in a database with another time zone', async ({ api }) => {
    const client = new pg.Client({ connectionString: api.db.url })
    await client.connect()
    assert.equal((await client.query('show timezone')).rows[0].TimeZone, 'America/New_York')
    await client.end()
    for (const path of READS) {
      const times = (await (await fetch(api.target.api + path)).text()).match(/\d{4}-\d\d-\d\dT[^"]+/g) ?? []
      assert.ok(times.length > 0, path)
      for (const time of times) assert.match(time, /\+00:00$/, path)
    }
  })

  // Of transaction_timeout, Postgres ends the connection.
  for (const [name, status, code] of [
    ['statement_timeout', 500, /^57014$/],
    ['transaction_timeout', 503, /^PGRST00[01]$/],
  ] as const)
    sessions(`a request beyond the ${name} of its role is an error, and the next one is answered`, async ({ api }) => {
      await api.db.query(`alter role web_anon set ${name} = '300ms'`)
      await api.db.query("notify pgrst, 'reload config'")
      try {
        await sleep(500)
        const answer = await fetch(`${api.target.api}/rpc/sleep`)
        const error = (await answer.json()) as { code: string }
        assert.equal(answer.status, status, JSON.stringify(error))
        assert.match(error.code, code)
        assert.equal((await fetch(`${api.target.api}/feed?limit=1`)).status, 200)
      } finally {
        await api.db.query(`alter role web_anon reset ${name}`)
      }
    })

  sessions.run()
}
