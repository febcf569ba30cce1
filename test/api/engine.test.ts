import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { startEngine } from '../../tooling/lib/api/engine.ts'
import type { Failure } from '../../tooling/lib/errors.ts'
import { isAlive, waitUntilGone } from '../../tooling/lib/processes.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// No package that a test could install has PostgREST. A program that reports its settings takes its place.

const FAKE = `#!/usr/bin/env node
const { createServer } = require('node:http')
if (process.env.PGRST_FAKE_FAILS) { console.error('it cannot be'); process.exit(1) }
if (process.env.PGRST_FAKE_BUSY) process.on('SIGTERM', () => {})
const settings = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PGRST_')))
createServer((_, response) => response.end()).listen(process.env.PGRST_ADMIN_SERVER_PORT, '127.0.0.1')
createServer((request, response) => response.end(JSON.stringify({ pid: process.pid, url: request.url, settings })))
  .listen(process.env.PGRST_SERVER_PORT, process.env.PGRST_SERVER_HOST)
`

const engines = suite('engine', {} as { db: Database; folder: string; program: string; path: string })

engines.before(async (context) => {
  context.db = await freshDatabase()
  context.folder = mkdtempSync(join(tmpdir(), 'xmonitor-engine-'))
  context.program = join(context.folder, 'postgrest')
  context.path = process.env.PATH!
  writeFileSync(context.program, FAKE)
  chmodSync(context.program, 0o755)
})
engines.before.each(({ path }) => {
  for (const name of ['POSTGREST_URL', 'POSTGREST_BIN', 'PGRST_FAKE_FAILS', 'PGRST_FAKE_BUSY']) delete process.env[name]
  process.env.PATH = path
})
engines.after(async ({ db, folder }) => {
  await db.drop()
  rmSync(folder, { recursive: true })
})

/** Headers that fetch refuses to send. */
const OF_ONE_CONNECTION = { expect: '100-continue', upgrade: 'h2c', connection: 'Upgrade', te: 'trailers' }

const ask = async (engine: Awaited<ReturnType<typeof startEngine>>, path: string) =>
  (await (await engine.fetch(new Request(`http://local${path}`))).json()) as {
    pid: number
    url: string
    settings: Record<string, string>
  }

engines('POSTGREST_BIN is started with infra/postgrest.env, as authenticator, and stopped', async ({ db, program }) => {
  process.env.POSTGREST_BIN = program
  const engine = await startEngine({ databaseUrl: db.url, jwtSecret: 'secret '.repeat(6) })
  assert.equal(engine.kind, 'binary')
  assert.equal(engine.name, `PostgREST, ${program}`)
  const { pid, url, settings } = await ask(engine, '/rpc/feed?q=a%20b&limit=1')
  assert.equal(url, '/rpc/feed?q=a%20b&limit=1')
  assert.equal(new URL(settings.PGRST_DB_URI!).username, 'authenticator')
  assert.equal(settings.PGRST_DB_SCHEMAS, 'api')
  assert.equal(settings.PGRST_DB_PRE_REQUEST, 'public.pre_request')
  assert.equal(settings.PGRST_SERVER_HOST, '127.0.0.1')
  assert.equal(settings.PGRST_JWT_SECRET, 'secret '.repeat(6))
  await engine.stop()
  assert.equal(isAlive(pid), false)
  const gone = await engine.fetch(new Request('http://local/'))
  assert.equal(gone.status, 503)
})

engines('a postgrest on PATH is used if nothing else is configured', async ({ db, program, folder, path }) => {
  process.env.PATH = `${folder}:${path}`
  const engine = await startEngine({ databaseUrl: db.url, jwtSecret: undefined })
  assert.equal(engine.name, `PostgREST, ${program}`)
  await engine.stop()
})

engines('if the program does not start, the error has its name and output', async ({ db, program }) => {
  process.env.POSTGREST_BIN = program
  process.env.PGRST_FAKE_FAILS = 'yes'
  await assert.rejects(startEngine({ databaseUrl: db.url, jwtSecret: undefined }), {
    fact: `${program} did not start:\n  it cannot be`,
  })
  process.env.POSTGREST_BIN = `${program}-missing`
  await assert.rejects(startEngine({ databaseUrl: db.url, jwtSecret: undefined }), ({ fact }: Failure) =>
    fact.startsWith(`${program}-missing did not start:\n  `),
  )
})

engines('a busy program stops within seconds', async ({ db, program }) => {
  process.env.POSTGREST_BIN = program
  process.env.PGRST_FAKE_BUSY = 'yes'
  const engine = await startEngine({ databaseUrl: db.url, jwtSecret: undefined })
  const { pid } = await ask(engine, '/')
  await engine.stop()
  assert.equal(isAlive(pid), false)
})

engines('the program ends with its parent, even after kill -9', async ({ db, program }) => {
  const parent = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `
      const { startEngine } = await import('${PROJECT}/tooling/lib/api/engine.ts')
      const engine = await startEngine({ databaseUrl: '${db.url}', jwtSecret: undefined })
      console.log(await (await engine.fetch(new Request('http://local/'))).text())`,
    ],
    { cwd: PROJECT, env: { ...process.env, POSTGREST_BIN: program, PGRST_FAKE_BUSY: 'yes' } },
  )
  const [answer] = await once(parent.stdout, 'data')
  const { pid } = JSON.parse(answer)
  assert.ok(isAlive(pid))
  parent.kill('SIGKILL')
  assert.ok(await waitUntilGone(pid, 5000))
})

engines('a secret of less than 32 characters is rejected, as by PostgREST', async ({ db }) => {
  await assert.rejects(startEngine({ databaseUrl: db.url, jwtSecret: 'x'.repeat(31) }), {
    fact: 'PGRST_JWT_SECRET has 31 characters; PostgREST requires at least 32.',
  })
})

engines('POSTGREST_URL takes precedence, and gets the request unchanged', async ({ db, program }) => {
  const seen: Record<string, string | undefined>[] = []
  const server: Server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method, url: request.url, authorization: request.headers.authorization, body })
    response.writeHead(418, { 'content-type': 'application/json', 'x-own': 'yes' }).end('{"short":true}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.POSTGREST_BIN = program
  process.env.POSTGREST_URL = `http://127.0.0.1:${(server.address() as { port: number }).port}/`
  const engine = await startEngine({ databaseUrl: db.url, jwtSecret: undefined })
  assert.equal(engine.kind, 'url')
  const headers = { authorization: 'Bearer x', 'content-type': 'application/json' }
  const answer = await engine.fetch(
    new Request('http://local/rpc/x?a=%2F', {
      method: 'POST',
      body: '{"a":1}',
      headers: { ...headers, ...OF_ONE_CONNECTION },
    }),
  )
  assert.equal(answer.status, 418)
  assert.equal(answer.headers.get('x-own'), 'yes')
  assert.equal(await answer.text(), '{"short":true}')
  assert.deepEqual(seen, [{ method: 'POST', url: '/rpc/x?a=%2F', authorization: 'Bearer x', body: '{"a":1}' }])
  server.close()
  server.closeAllConnections()
})

engines.run()
