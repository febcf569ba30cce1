// alone: the containers and what they wait for need the machine

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { suite } from 'uvu'
import { judge, type Known } from '../../tooling/lib/api/contract.ts'
import { READS, TOKEN_READ } from '../../tooling/lib/api/contract-reads.ts'
import { migrate } from '../../tooling/lib/move/migrate.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { CALLS } from '../api/calls/calls.ts'
import { FIXTURE } from '../support/api.ts'
import { readCompose } from '../support/compose.ts'
import { FromCompose, startContainers, whyNoContainers } from '../support/containers.ts'
import { CASES } from '../support/edge-cases.ts'
import { FLOW, get, ingestToken } from '../support/flow.ts'
import { rawRequest } from '../support/raw-request.ts'

const SECRETS = { POSTGRES_PASSWORD: 'a', AUTHENTICATOR_PASSWORD: 'b', PGRST_JWT_SECRET: 'c', GRAFANA_PASSWORD: 'd' }

const test = suite('containers')

test('what the tests ask an engine for is what compose.yaml says', () => {
  const compose = readCompose(SECRETS)
  const { request: nginx } = new FromCompose('nginx', compose)
  assert.equal(nginx.Image, compose.services.nginx!.image)
  assert.deepEqual(nginx.Entrypoint, ['/bin/sh', '-c'])
  assert.equal(nginx.User, '101:101')
  assert.equal(nginx.HostConfig.ReadonlyRootfs, true)
  assert.deepEqual(nginx.HostConfig.CapDrop, ['ALL'])
  assert.deepEqual(nginx.HostConfig.SecurityOpt, ['no-new-privileges:true'])
  assert.equal(nginx.HostConfig.Memory, 256 * 1024 * 1024)
  assert.ok(nginx.HostConfig.Binds!.includes(`${join(PROJECT, 'infra/nginx')}:/etc/xmonitor/nginx:ro`))
  assert.deepEqual(Object.keys(nginx.ExposedPorts!), ['8080/tcp'])

  const { request: postgrest } = new FromCompose('postgrest', compose)
  assert.ok(postgrest.Env!.includes('PGRST_DB_SCHEMAS=api'))
  assert.ok(postgrest.Env!.includes('PGUSER=authenticator'))
  assert.deepEqual((postgrest as { Healthcheck?: { Test: string[] } }).Healthcheck!.Test, [
    'CMD',
    'postgrest',
    '--ready',
  ])
  assert.equal(new FromCompose('postgres', compose).request.HostConfig.ShmSize, 256 * 1024 * 1024)
})

const why = await whyNoContainers()
if (why) {
  console.log(`skipped: the stack in containers, for ${why}`)
} else {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-containers-'))
  let stack: Awaited<ReturnType<typeof startContainers>>

  test.before(async () => {
    stack = await startContainers()
  })
  test.after(async () => {
    await stack?.stop()
    rmSync(folder, { recursive: true })
  })

  test('docker compose reads compose.yaml', () => {
    const config = spawnSync('docker', ['compose', '--profile', '*', 'config', '--quiet'], {
      cwd: PROJECT,
      env: { ...process.env, ...SECRETS },
      encoding: 'utf8',
    })
    if (config.error || /is not a docker command|unknown command/.test(config.stderr))
      console.log('skipped: docker compose config, for the compose plugin is not installed')
    else assert.equal(config.status, 0, config.stderr)
  })

  for (const [name, check] of Object.entries(FLOW))
    test(`with PostgREST itself: ${name}`, async () => check({ url: stack.url, token: await ingestToken() }))

  const known: Known = {}
  for (const call of [...READS, TOKEN_READ])
    test(`with PostgREST itself, the contract: ${call.name}`, async () => {
      const target = { api: `${stack.url}/api`, v1: `${stack.url}/v1`, token: await ingestToken() }
      const { outcome, why } = await judge(target, call, known)
      assert.equal(outcome, 'passed', why)
    })

  // On posts that are known: a database of its own, and PostgREST without the edge and its cache.
  let ownApi: Promise<string> | undefined
  const onFixture = async () => {
    const database = new URL(stack.databaseUrl)
    database.pathname = '/xmonitor_contract'
    await dbmate(['up'], `${database.href}?sslmode=disable`)
    const client = new pg.Client({ connectionString: database.href })
    await client.connect()
    await client.query(FIXTURE)
    await client.end()
    return stack.postgrestOn('xmonitor_contract')
  }
  for (const call of CALLS.filter(({ path }) => !String(path).startsWith('/v1/')))
    test(`with PostgREST itself, on known posts: ${call.name}`, async () => {
      ownApi ??= onFixture()
      const { outcome, why } = await judge({ api: await ownApi, token: await ingestToken() }, call)
      assert.equal(outcome, 'passed', why)
    })

  test('the edge refuses in its own njs what it refuses everywhere', async () => {
    for (const [method, target, outcome] of CASES) {
      if (typeof outcome === 'string') continue
      const answer = await rawRequest(stack.url, target, { method })
      // More writes than a collector may send in a second are refused before they are looked at.
      if (answer.status === 429) continue
      assert.equal(answer.status, outcome[0], `${method} ${target}`)
      if (method !== 'HEAD') assert.equal(JSON.parse(answer.body).message, outcome[1], target)
    }
  })

  test('a file is moved into the database of the stack, and proved', async () => {
    const source = join(folder, 'source.db')
    generate({ file: source, posts: 500, embeddings: 50, rejects: true })
    // Beside the flow's post, in a database of its own on the same server.
    const database = new URL(stack.databaseUrl)
    database.pathname = '/xmonitor_moved'
    process.env.DATABASE_URL = `${database.href}?sslmode=disable`
    const { import: imported, validation } = await migrate({ source, out: join(folder, 'move') })
    assert.ok(imported!.tables.posts!.inserted > 400)
    assert.deepEqual(validation!.differences, [])
    assert.ok(validation!.ok)
  })

  for (const name of ['postgres', 'postgrest'])
    test(`without ${name} it is 503 with JSON, and good again by itself`, async () => {
      await stack.without(name, async () => {
        const { status, json } = await get(stack, '/v1/health')
        assert.equal(status, 503)
        assert.deepEqual(Object.keys(json).sort(), ['code', 'details', 'hint', 'message'])
      })
      const ok = async () => (await fetch(`${stack.url}/v1/health`)).ok
      for (const end = Date.now() + 60_000; !(await ok()); ) assert.ok(Date.now() < end, `${name} does not come back`)
    })
}

test.run()
