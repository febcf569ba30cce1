import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Nginx, startNginx } from '../../tooling/lib/nginx.ts'
import { type LocalServer, startServer } from '../../tooling/lib/server.ts'
import { breakable } from '../support/breakable.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { FLOW, get, ingestToken, SECRET } from '../support/flow.ts'
import { haveNginx } from '../support/nginx.ts'

// The containers' nginx in front of the local API: the whole way of a request but for the containers.

const test = suite('nginx in front of the API')
let database: Database
let way: Awaited<ReturnType<typeof breakable>>
let server: LocalServer
let nginx: Nginx
const page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))

if (haveNginx()) {
  test.before(async () => {
    database = await freshDatabase()
    way = await breakable(database.url)
    server = await startServer({ databaseUrl: way.url, jwtSecret: SECRET })
    nginx = await startNginx({ api: `${server.url}/api`, page })
  })
  test.after(async () => {
    await nginx?.stop()
    await server?.stop()
    await way?.cut()
    await database?.drop()
    rmSync(page, { recursive: true })
  })

  for (const [name, check] of Object.entries(FLOW))
    test(name, async () => check({ url: nginx.url, token: await ingestToken() }))

  test('a database that stops is 503 with JSON, and its return is noticed', async () => {
    await way.cut()
    const health = await get(nginx, '/v1/health')
    assert.is(health.status, 503, JSON.stringify(health.json))
    assert.equal(Object.keys(health.json).sort(), ['code', 'details', 'hint', 'message'])

    await way.mend()
    for (const end = Date.now() + 15_000; (await get(nginx, '/v1/health')).status !== 200; )
      assert.ok(Date.now() < end, 'it does not come back')
  })
}

test.run()
