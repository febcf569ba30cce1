import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { type Nginx, startNginx } from '../../tooling/lib/local/nginx.ts'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { FLOW, ingestToken, SECRET } from '../support/flow.ts'
import { haveNginx } from '../support/nginx.ts'

// The containers' nginx in front of the local API: the whole way of a request but for the containers.

const test = suite('nginx in front of the API')
let database: Database
let server: LocalServer
let nginx: Nginx
const page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))

if (haveNginx()) {
  test.before(async () => {
    database = await freshDatabase()
    server = await startServer({ databaseUrl: database.url, jwtSecret: SECRET })
    nginx = await startNginx({ api: `${server.url}/api`, page })
  })
  test.after(async () => {
    await nginx?.stop()
    await server?.stop()
    await database?.drop()
    rmSync(page, { recursive: true })
  })

  for (const [name, check] of Object.entries(FLOW))
    test(name, async () => check({ url: nginx.url, token: await ingestToken() }))
}

test.run()
