import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import pg from 'pg'
import { suite } from 'uvu'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { type Postgres, startPostgres, THROWAWAY } from '../../tooling/lib/postgres/embedded.ts'
import { freePort } from '../../tooling/lib/processes.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { ENGINES, FIXTURE } from '../support/api.ts'

// Readers as on Aurora: PostgREST on a standby of Postgres, kept up to date by streaming replication.

const POSTGREST = ENGINES.includes('binary') ? process.env.POSTGREST_BIN || 'postgrest' : undefined

const test = suite('readers')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-readers-'))
// The servers run as another user if this one is root.
chmodSync(folder, 0o755)
let primary: Postgres
let standby: Postgres

if (!POSTGREST) console.log('skipped: reads from a standby, for which PostgREST itself is needed')
const maybe = POSTGREST ? test : test.skip

test.before(async () => {
  if (!POSTGREST) return
  primary = await startPostgres({ dir: join(folder, 'primary'), settings: THROWAWAY })
  const url = new URL(primary.url)
  url.pathname = '/xmonitor'
  await dbmate(['up'], url.href)
  await query(url.href, FIXTURE)
  await query(url.href, "alter role authenticator password 'of-the-test'")
  standby = await startStandby()
})
test.after(async () => {
  await standby?.stop()
  await primary?.stop()
  rmSync(folder, { recursive: true, force: true })
})

maybe('every read of the page is answered by a standby, and what is written reaches it', async () => {
  await withPostgrest({ PGRST_DB_CHANNEL_ENABLED: 'false' }, async (url) => {
    const [post] = (await (await fetch(`${url}/rpc/feed?limit=1`)).json()) as { status_id: string; cursor: string }[]
    for (const path of [
      '/health',
      `/rpc/feed?cursor=${post!.cursor}&limit=1`,
      '/rpc/feed?q=the',
      '/rpc/feed_page?page_size=1',
      `/rpc/post?status_id=${post!.status_id}`,
      '/rpc/stats',
      '/rpc/activity?bucket=hour&since=2026-01-01&until=2026-01-02',
      '/rpc/feed_atom',
      '/watch_accounts?order=handle',
    ]) {
      const response = await fetch(url + path)
      assert.equal(response.status, 200, `${path}: ${await response.text()}`)
    }
    const added = "insert into watch_accounts (handle, tier, added_at) values ('new_one', 'teammate', now())"
    await query(databaseOf(primary), added)
    const arrived = async () => (await (await fetch(`${url}/watch_accounts?handle=eq.new_one`)).json()).length === 1
    for (const end = Date.now() + 20_000; !(await arrived()); await sleep(50))
      assert.ok(Date.now() < end, 'it does not reach the standby')
  })
})

maybe('a standby refuses to write, and without the setting of the template PostgREST is not ready there', async () => {
  await assert.rejects(query(databaseOf(standby), 'create table x ()'), /read-only transaction/)
  const ready = await withPostgrest({}, async (_, isReady) => {
    await sleep(2000)
    return isReady()
  })
  assert.equal(ready, false)
})

test.run()

/** A copy of the primary while it runs, which then follows it. */
async function startStandby(): Promise<Postgres> {
  const client = new pg.Client({ connectionString: primary.url })
  await client.connect()
  await client.query("select pg_backup_start('readers', true)")
  const dir = join(folder, 'standby')
  const copied = spawnSync('cp', ['-a', primary.dir, dir], { encoding: 'utf8' })
  assert.equal(copied.status, 0, copied.stderr)
  const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
  await client.end()
  const data = join(dir, 'data')
  rmSync(join(data, 'postmaster.pid'), { force: true })
  const { uid, gid } = statSync(data)
  const { port, password } = new URL(primary.url)
  const auto = join(data, 'postgresql.auto.conf')
  const follows = `primary_conninfo = 'host=127.0.0.1 port=${port} user=postgres password=${password}'\n`
  for (const [file, content] of [
    [join(data, 'backup_label'), rows[0]!.labelfile],
    [join(data, 'standby.signal'), ''],
    [auto, readFileSync(auto, 'utf8') + follows],
  ] as const) {
    writeFileSync(file, content, { mode: 0o600 })
    chownSync(file, uid, gid)
  }
  return startPostgres({ dir, settings: THROWAWAY })
}

/** PostgREST with the settings of infra/postgrest.env on the standby. */
async function withPostgrest<T>(
  more: Record<string, string>,
  work: (url: string, isReady: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const child = spawn(POSTGREST!, {
    env: {
      PATH: process.env.PATH,
      ...parseEnv(readFileSync(join(PROJECT, 'infra/postgrest.env'), 'utf8')),
      PGRST_DB_URI: 'postgresql://',
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(port),
      PGRST_ADMIN_SERVER_PORT: String(adminPort),
      PGHOST: '127.0.0.1',
      PGPORT: String(standby.port),
      PGDATABASE: 'xmonitor',
      PGUSER: 'authenticator',
      PGPASSWORD: 'of-the-test',
      ...more,
    },
    stdio: 'ignore',
  })
  const isReady = () =>
    fetch(`http://127.0.0.1:${adminPort}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  try {
    const isUp = () =>
      fetch(`http://127.0.0.1:${adminPort}/live`).then(
        ({ ok }) => ok,
        () => false,
      )
    const expected = 'PGRST_DB_CHANNEL_ENABLED' in more ? isReady : isUp
    for (const end = Date.now() + 30_000; !(await expected()); await sleep(50))
      assert.ok(Date.now() < end, 'PostgREST does not start')
    return await work(`http://127.0.0.1:${port}`, isReady)
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill()
    await ended
  }
}

function databaseOf({ url }: Postgres): string {
  const database = new URL(url)
  database.pathname = '/xmonitor'
  return database.href
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
