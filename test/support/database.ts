import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { startPostgres, THROWAWAY } from '../../tooling/lib/postgres/embedded.ts'

export type Database = {
  url: string
  /** Runs a statement as the superuser and returns its rows. */
  // biome-ignore lint/suspicious/noExplicitAny: a row has the shape its statement says
  query: <Row = Record<string, any>>(text: string, values?: unknown[]) => Promise<Row[]>
  drop: () => Promise<void>
}

const TEMPLATE_LOCK = 7_274_851

let cluster: Promise<string> | undefined

/**
 * A new database for a test file or a single test, with all of db/ applied (empty with `{ migrated: false }`). It takes
 * 50 ms: db/ is applied once per server and content of db/, then copied. Call drop() at the end.
 *
 *     const db = await freshDatabase()
 *     await db.query('select 1')       // or any client on db.url
 *     await db.drop()
 */
export async function freshDatabase({ migrated = true } = {}): Promise<Database> {
  const server = await testServer()
  const name = `xmonitor_test_${randomBytes(6).toString('hex')}`
  const template = migrated ? await migratedTemplate(server) : 'template0'
  await once(server, `create database ${name} template ${template}`)

  const url = databaseOf(server, name)
  let client: pg.Client | undefined
  return {
    url,
    async query(text, values) {
      if (!client) {
        client = new pg.Client({ connectionString: url })
        client.on('error', () => {})
        await client.connect()
      }
      return (await client.query(text, values)).rows
    },
    async drop() {
      await client?.end()
      client = undefined
      await once(server, `drop database if exists ${name} with (force)`)
    },
  }
}

/** The URL of the test server (database `postgres`): DATABASE_URL_TEST, which npm test sets, or a server started for this file. */
function testServer(): Promise<string> {
  cluster ??= process.env.DATABASE_URL_TEST ? Promise.resolve(process.env.DATABASE_URL_TEST) : ownServer()
  return cluster
}

/** A throwaway server; its folder is removed when it stops. */
export async function throwawayServer(settings: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'xmonitor-test-'))
  const server = await startPostgres({ dir, settings: { ...THROWAWAY, max_connections: '200', ...settings } })
  const remove = () => {
    for (const each of new Set([dir, server.dir])) rmSync(each, { recursive: true, force: true, maxRetries: 5 })
  }
  // For a test that calls process.exit: the server ends by itself, but its folder stays.
  process.once('exit', remove)
  const stop = async () => {
    await server.stop()
    process.off('exit', remove)
    remove()
  }
  return { url: server.url, stop }
}

/** For a test file that is run directly. */
async function ownServer(): Promise<string> {
  const server = await throwawayServer()
  process.once('beforeExit', () => server.stop())
  return server.url
}

/** The database with all of db/ applied from which new ones are copied; created by the first that asks. */
async function migratedTemplate(server: string): Promise<string> {
  const name = `xmonitor_template_${contentHash()}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rows } = await client.query('select datistemplate as ready from pg_database where datname = $1', [name])
    if (rows[0]?.ready) return name
    // Left unfinished by a run that was killed.
    await client.query(`drop database if exists ${name} with (force)`)
    await dbmate(['up'], databaseOf(server, name))
    await client.query(`alter database ${name} with allow_connections false is_template true`)
    return name
  } finally {
    await client.end()
  }
}

function contentHash(): string {
  const files = readMigrations().map(({ file, hash }) => `${file} ${hash}\n`)
  return createHash('sha256').update(files.join('')).digest('hex').slice(0, 16)
}

async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function databaseOf(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
