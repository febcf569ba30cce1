import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveBinary } from 'dbmate'
import pg from 'pg'
import { suite } from 'uvu'
import { readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { freshDatabase } from '../support/database.ts'

const NAME = 'xmonitor_test_commands'

const db = suite('db commands', { url: '', work: '', drop: async () => {} })

db.before(async (context) => {
  const other = await freshDatabase({ migrated: false })
  const url = new URL(other.url)
  url.pathname = `/${NAME}_${process.pid}`
  context.url = url.href
  context.work = mkdtempSync(join(tmpdir(), 'xmonitor-commands-'))
  context.drop = async () => {
    await other.query(`drop database if exists ${NAME}_${process.pid} with (force)`)
    await other.drop()
    rmSync(context.work, { recursive: true })
  }
})
db.after(({ drop }) => drop())

const run = (script: string, env: Record<string, string>, ...flags: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', `tooling/${script}.ts`, ...flags], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  })

const files = readMigrations().map(({ file }) => file.split('/').at(-1))

db('up, up again, status', ({ url }) => {
  const env = { DATABASE_URL: url }
  assert.match(run('db-up', env).stdout, new RegExp(`^${files.length} files applied\\.$`, 'm'))
  assert.deepEqual(JSON.parse(run('db-up', env, '--json').stdout), { applied: [] })
  assert.deepEqual(JSON.parse(run('db-status', env, '--json').stdout), { applied: files, pending: [] })
  assert.match(run('db-status', env).stdout, new RegExp(`^${files.length} applied, 0 pending$`, 'm'))
})

db('reset needs --yes, and lists what it drops', async ({ url }) => {
  const client = async (sql: string) => {
    const own = new pg.Client({ connectionString: url })
    await own.connect()
    const { rows } = await own.query(sql)
    await own.end()
    return rows
  }
  await client("insert into watch_accounts (handle, tier, added_at) values ('someone', 'teammate', now())")
  const refused = run('db-reset', { DATABASE_URL: url })
  assert.equal(refused.status, 2)
  assert.match(
    refused.stderr,
    /^error: This drops everything in the schemas api and public of the database xmonitor_test_commands_\d+ on 127\.0\.0\.1:\d+\.\n {2}To confirm, run: npm run db:reset -- --yes$/m,
  )
  assert.doesNotMatch(refused.stderr, /postgres:\/\//)
  assert.equal((await client('table watch_accounts')).length, 1)

  const done = run('db-reset', { DATABASE_URL: url }, '--yes')
  assert.equal(done.status, 0, done.stderr)
  assert.equal((await client('table watch_accounts')).length, 0)
})

db('the PG* variables work as well as DATABASE_URL', ({ url }) => {
  const { hostname, port, username, password, pathname } = new URL(url)
  const env = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
  }
  assert.deepEqual(JSON.parse(run('db-status', env, '--json').stdout).pending, [])
})

db('npx dbmate alone, with a copy of .env.example, sets up everything', async ({ url, work }) => {
  await dbmate(['drop'], url)
  const project = join(work, 'project')
  mkdirSync(project)
  cpSync(join(PROJECT, 'db'), join(project, 'db'), { recursive: true })
  const example = readFileSync(join(PROJECT, '.env.example'), 'utf8')
  const named = new URL(url)
  named.searchParams.set('sslmode', 'disable')
  writeFileSync(join(project, '.env'), example.replace(/^DATABASE_URL=.*$/m, `DATABASE_URL=${named.href}`))
  const { status, stderr } = spawnSync(resolveBinary(), ['up'], {
    cwd: project,
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  assert.match(await dbmate(['status'], url), /^Pending: 0$/m)
})

db('an IPv6 address works as well', async ({ url }) => {
  const { hostname, port } = new URL(url)
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    for (const socket of [client, server]) socket.on('error', () => {})
    client.pipe(server).pipe(client)
  })
  proxy.listen(0, '::1')
  try {
    await once(proxy, 'listening')
  } catch {
    return console.log('skipped: this machine has no IPv6')
  }
  const other = new URL(url)
  other.host = `[::1]:${(proxy.address() as AddressInfo).port}`
  assert.match(await dbmate(['status'], other.href), /^Pending: 0$/m)
  proxy.close()
})

db('errors have a reason and the next step', async ({ url, work }) => {
  const complaint = (address: string, project?: string) =>
    dbmate(['up'], address, project ? { project } : {}).then(
      () => assert.fail('it did not fail'),
      ({ message }: Error) => message,
    )
  assert.equal(
    await complaint('postgres://nobody@127.0.0.1:1/nothing'),
    'dbmate: dial tcp 127.0.0.1:1: connect: connection refused\n  Start Postgres, or correct DATABASE_URL.',
  )
  const wrong = new URL(url)
  wrong.username = 'nobody_at_all'
  assert.match(
    await complaint(wrong.href),
    /^dbmate: .*nobody_at_all.*\n {2}Correct the user or the password in DATABASE_URL\.$/,
  )
  assert.equal((await complaint('nonsense')).split('\n')[0], 'DATABASE_URL is not a Postgres URL.')

  const readOnly = new URL(url)
  readOnly.pathname += '_ro'
  await assert.rejects(dbmate(['status'], readOnly.href), { next: 'Create it with its tables: npm run db:up' })
  readOnly.searchParams.set('options', '-cdefault_transaction_read_only=on')
  readOnly.pathname = new URL(url).pathname
  assert.match(await complaint(readOnly.href), /\n {2}Connect to the primary, not to a replica\.$/)

  const others = await freshDatabase({ migrated: false })
  await others.query('create table posts (id int)')
  assert.match(
    await complaint(others.url),
    /^dbmate stopped at \d+_tables\.sql: .*"posts" already exists.*\n {2}The database already has something of that name/,
  )
  await others.drop()

  const broken = join(work, 'broken')
  cpSync(join(PROJECT, 'db'), join(broken, 'db'), { recursive: true })
  writeFileSync(join(broken, 'db/views/20990101000000_broken.sql'), '-- migrate:up\ncreate view $;\n-- migrate:down\n')
  assert.match(
    await complaint(url, broken),
    /^dbmate stopped at 20990101000000_broken\.sql: .*syntax error.*\n {2}Nothing of that file was applied\. Fix it/,
  )
})

db.run()
