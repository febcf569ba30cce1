import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { resolveBinary } from 'dbmate'
import pg from 'pg'
import { suite } from 'uvu'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import { readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { filesOf, goodRows, run, temporaryFolder, writeSource } from '../move/support.ts'
import { throwawayServer } from '../support/database.ts'
import { catalogDifference, listCatalog } from './catalog.ts'

const test = suite('db:up and db:reset')
const FILES = readMigrations().length
const files = filesOf(writeSource(join(temporaryFolder(), 'x_monitor.db'), goodRows(3)))
const IMPORT = ['--in', files.folder, '--rejects', files.rejects]
const VALIDATE = ['--snapshot', files.snapshot, '--rejects', files.rejects, '--out', files.out]

let server: Awaited<ReturnType<typeof throwawayServer>>

test.before(async () => {
  await takeSnapshot(files.source, files.out)
  await exportSnapshot(files.snapshot, files.folder)
  server = await throwawayServer()
})
test.after(() => server.stop())

test('three at once, on one new database and on three, all succeed', async () => {
  for (const names of [
    ['same', 'same', 'same'],
    ['one', 'two', 'three'],
  ]) {
    const ends = await Promise.all(names.map((name) => up(name)))
    for (const { code, stderr } of ends) assert.equal(code, 0, stderr)
    for (const name of names) assert.equal((await ask(name, 'select from public.schema_migrations')).length, FILES)
  }
})

test('a new database is in UTF8, whatever the encoding of the cluster', async () => {
  await ask('postgres', 'alter database template1 is_template false')
  await ask('postgres', 'drop database template1')
  await ask('postgres', "create database template1 encoding 'LATIN1' locale 'C' template template0 is_template true")
  const { code, stderr } = await up('new one')
  assert.equal(code, 0, stderr)
  assert.deepEqual(await ask('new one', 'show server_encoding'), [{ server_encoding: 'UTF8' }])
})

test('a database with another encoding is rejected by every command that would fill it', async () => {
  await ask('postgres', "create database latin encoding 'LATIN1' locale 'C' template template0")
  for (const [command, args] of [
    ['db-up', []],
    ['import', IMPORT],
    ['validate', VALIDATE],
  ] as const) {
    const { code, stderr } = await run(command, [...args], { env: { DATABASE_URL: url('latin') } })
    assert.match(
      stderr,
      /error: The database latin has the encoding LATIN1\.\n {2}Use a database with the encoding UTF8/,
    )
    assert.equal(code, 1)
  }
})

test('a database that plain dbmate has set up only partly is rejected by import and validation', async () => {
  await ask('postgres', "create database part encoding 'UTF8' template template0")
  const env = { DATABASE_URL: url('part'), PATH: process.env.PATH }
  // Without .env it applies only db/migrations, and stops where they need a function from db/functions.
  const { status, stderr: said } = spawnSync(resolveBinary(), ['--no-dump-schema', 'up'], {
    cwd: PROJECT,
    env,
    encoding: 'utf8',
  })
  assert.notEqual(status, 0)
  assert.match(said, /function public\.\w+\(.*\) does not exist/)
  for (const [command, args] of [
    ['import', IMPORT],
    ['validate', VALIDATE],
  ] as const) {
    const { code, stderr } = await run(command, [...args], { env: { DATABASE_URL: url('part') } })
    assert.match(
      stderr,
      /error: This database lacks \d+ of the \d+ files in db\/, first \d+_\w+\.sql\.\n {2}Apply them: npm run db:up/,
    )
    assert.equal(code, 1)
  }
})

test('roles that the user may not grant: the error says who can, and what', async () => {
  await createLogin('builder', 'createrole createdb')
  await ask('postgres', 'revoke web_anon, web_closed, reader, ingest from authenticator')
  const { code, stderr } = await run('db-up', [], { env: { DATABASE_URL: url('built', 'builder') } })
  assert.match(
    stderr,
    /permission denied to grant role.*\n {2}The role exists, created by another user\. As that user or a superuser, run: grant web_anon, web_closed, reader, ingest to authenticator; grant web_anon to reader\n$/,
  )
  assert.equal(code, 1)
  await ask('postgres', 'grant web_anon, web_closed, reader, ingest to authenticator')
  const again = await run('db-up', [], { env: { DATABASE_URL: url('built', 'builder') } })
  assert.equal(again.code, 0, again.stderr)
})

test('db:reset keeps the owner, the locale, the settings and the grants of the database, and its extensions', async () => {
  await createLogin('keeper', 'createrole')
  await ask('postgres', `create database kept owner keeper encoding 'UTF8' locale 'C' template template0`)
  await ask('postgres', 'grant connect on database kept to ingest with grant option')
  await ask('postgres', "alter database kept set work_mem = '5MB'")
  await ask('postgres', 'revoke web_anon, web_closed, reader, ingest from authenticator')
  await ask('postgres', 'grant web_anon, web_closed, reader, ingest to keeper with admin option')
  const properties = () =>
    ask(
      'postgres',
      "select datdba::regrole, datacl, datcollate, datctype, (select setconfig from pg_db_role_setting where setdatabase = oid) from pg_database where datname = 'kept'",
    )
  const env = { DATABASE_URL: url('kept', 'keeper') }
  const first = await run('db-up', [], { env })
  assert.equal(first.code, 0, first.stderr)
  const [before, catalog] = [await properties(), await listing('kept')]
  await run('import', IMPORT, { env })
  await ask(
    'kept',
    "create table public.left_over (n int); create view public.sum as select sum(n) from public.left_over; create type public.mood as enum ('good'); create aggregate public.total(int) (sfunc = int4pl, stype = int)",
  )

  const reset = await run('db-reset', ['--yes'], { env })
  assert.equal(reset.code, 0, reset.stderr)
  assert.match(reset.stderr, /^Database: kept on 127\.0\.0\.1:\d+ as keeper\nDropping: /)
  assert.deepEqual(await properties(), before)
  assert.deepEqual(catalogDifference(catalog, await listing('kept')), [])
})

test('db:reset drops nothing for a user who may not create it again', async () => {
  await createLogin('visitor', '')
  await ask('same', 'grant all on all tables in schema public to visitor; grant usage on schema public, api to visitor')
  const { code, stderr } = await run('db-reset', ['--yes'], { env: { DATABASE_URL: url('same', 'visitor') } })
  assert.match(
    stderr,
    /error: This user may not create schemas, tables, so db:up would fail afterwards\.\n {2}Nothing was dropped\./,
  )
  assert.equal(code, 1)
  assert.equal((await ask('same', 'select from public.schema_migrations')).length, FILES)
})

test('a user who may not create databases: the error says what to ask for', async () => {
  const { code, stderr } = await run('db-up', [], { env: { DATABASE_URL: url('mine', 'visitor') } })
  assert.match(
    stderr,
    /error: The user visitor may not create the database mine\.\n {2}As a user who may, run: create database "mine" template template0 encoding 'UTF8' owner "visitor"\n$/,
  )
  assert.equal(code, 1)
})

test('pg_trgm may already be in another schema', async () => {
  await ask('postgres', "create database extended encoding 'UTF8' template template0")
  await ask('extended', 'create schema extensions; create extension pg_trgm schema extensions')
  const { code, stderr } = await up('extended')
  assert.equal(code, 0, stderr)
})

test.run()

/** A role with the password of the superuser. */
function createLogin(name: string, options: string) {
  return ask('postgres', `create role ${name} login ${options} password '${new URL(server.url).password}'`)
}

/** As the superuser, or as another role with the same password. */
function url(database: string, user?: string): string {
  const address = new URL(server.url)
  address.pathname = database
  if (user) address.username = user
  return address.href
}

function up(database: string) {
  return run('db-up', [], { env: { DATABASE_URL: url(database) } })
}

async function ask(database: string, sql: string) {
  const client = new pg.Client({ connectionString: url(database) })
  await client.connect()
  try {
    return [await client.query(sql)].flat().at(-1)!.rows
  } finally {
    await client.end()
  }
}

async function listing(database: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url(database) })
  await client.connect()
  try {
    return await listCatalog(client)
  } finally {
    await client.end()
  }
}
