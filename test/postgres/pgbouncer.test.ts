import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { suite } from 'uvu'
import { which } from 'zx'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import { freePort } from '../../tooling/lib/processes.ts'
import { filesOf, goodRows, run, temporaryFolder, writeSource } from '../move/support.ts'
import { type Database, freshDatabase } from '../support/database.ts'

const program = await which('pgbouncer', { nothrow: true })
if (!program) console.log('skipped: PgBouncer is not installed')

const test = suite('PgBouncer in transaction mode')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-pgbouncer-'))
const files = filesOf(writeSource(join(temporaryFolder(), 'x_monitor.db'), goodRows(20)))
let db: Database
let bouncer: ChildProcess
let url: string

test.before(async () => {
  await takeSnapshot(files.source, files.out)
  await exportSnapshot(files.snapshot, files.folder)
  db = await freshDatabase({ migrated: false })
  if (program) await startBouncer(program)
})
test.after(async () => {
  bouncer?.kill('SIGINT')
  if (bouncer) await once(bouncer, 'exit')
  rmSync(folder, { recursive: true })
  await db.drop()
})

const check = program ? test : test.skip

check('the whole move works through it, repeatedly, and leaves no setting behind for the next client', async () => {
  const commands: [command: string, args: string[]][] = [
    ['db-up', []],
    ['db-up', []],
    ['import', ['--in', files.folder, '--rejects', files.rejects]],
    ['import', ['--in', files.folder, '--rejects', files.rejects]],
    ['validate', ['--snapshot', files.snapshot, '--rejects', files.rejects, '--out', files.out]],
    ['db-reset', ['--yes']],
    ['import', ['--in', files.folder, '--rejects', files.rejects]],
    ['rollback', ['--yes']],
  ]
  const before = await settings()
  for (const [command, args] of commands) {
    const { code, stderr } = await run(command, args, { env: { DATABASE_URL: url } })
    assert.equal(code, 0, `${command}: ${stderr}`)
    assert.deepEqual(await settings(), before, command)
  }
})

check('its own error messages are passed on', async () => {
  const other = new URL(url)
  other.pathname = '/elsewhere'
  const { code, stderr } = await run('db-status', [], { env: { DATABASE_URL: other.href } })
  assert.match(
    stderr,
    /^error: The server, or a pooler before it, refuses \(elsewhere on .*\): (bouncer config error|no such database: elsewhere)\.$/m,
  )
  assert.equal(code, 1)
})

test.run()

/** What another client finds in the pool's only session. */
async function settings() {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    `select name, setting from pg_settings where source in ('session', 'client') and name <> 'application_name' order by 1`,
  )
  await client.end()
  return rows
}

async function startBouncer(path: string): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(db.url)
  const database = pathname.slice(1)
  const listenPort = await freePort()
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(
    config,
    `[databases]
${database} = host=${hostname} port=${port} user=${username} password=${password} dbname=${database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
  )
  // It refuses to run as root.
  chmodSync(folder, 0o755)
  chmodSync(config, 0o644)
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  bouncer = spawn(path, [...asUser, config], { stdio: 'ignore' })
  url = `postgres://${username}@127.0.0.1:${listenPort}/${database}?sslmode=disable`
  for (let tries = 0; tries < 200; tries++)
    try {
      return void (await settings())
    } catch {
      await sleep(50)
    }
  throw new Error('PgBouncer did not start')
}
