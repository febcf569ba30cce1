import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Failure } from '../errors.ts'
import { count, countOf, step } from '../output.ts'
import { type Address, readAddress } from './address.ts'
import { createDatabase } from './create-database.ts'
import { withTransaction } from './database.ts'
import { readMigrations } from './db-lock.ts'
import { dbmate } from './dbmate.ts'

/** The files of db/, in the order in which they are applied. */
export type MigrationStatus = { applied: string[]; pending: string[] }

/** The advisory lock that lets one db:up run at a time: 'dbup' in ASCII. */
const LOCK = 0x64627570
const LOCK_WAIT = '60s'
/** What fails when another database of the cluster is being set up at the same time: they share the roles. */
const CONFLICT = /tuple concurrently updated|pg_authid_rolname_index|role "\w+" already exists/
const MAX_TRIES = 5
const RETRY_MS = 200

/** Creates the database if it does not exist, applies what is pending, and returns the files that it applied. */
export async function applyMigrations(): Promise<string[]> {
  const address = await readAddress()
  await createDatabase(address)
  const work = (db: pg.Client, address: Address) =>
    step(
      ['Applying', 'Applied'],
      'db/',
      () => applyPending(db, address),
      ({ length }) => countOf(length, 'file'),
    )
  return withTransaction(work, { unchanged: 'The files applied so far stay applied.', address })
}

/** Which files of db/ this database has applied. */
export async function readStatus(db: pg.Client): Promise<MigrationStatus> {
  const { rows } = await db.query("select to_regclass('public.schema_migrations') is not null as exists")
  const applied = rows[0].exists ? (await db.query('select version from public.schema_migrations')).rows : []
  const versions = new Set(applied.map(({ version }) => version))
  const status: MigrationStatus = { applied: [], pending: [] }
  for (const { version, file } of readMigrations())
    status[versions.has(version) ? 'applied' : 'pending'].push(basename(file))
  return status
}

/** Refuses a database that has not applied all of db/: a table may lack a column, the API a function. */
export async function requireMigrated(db: pg.Client): Promise<void> {
  const { applied, pending } = await readStatus(db)
  if (pending.length === 0) return
  throw new Failure(
    `This database lacks ${count(pending.length)} of the ${count(applied.length + pending.length)} files in db/, first ${pending[0]}.`,
    'Apply them: npm run db:up',
  )
}

async function applyPending(db: pg.Client, address: Address): Promise<string[]> {
  await waitForTurn(db)
  const { pending } = await readStatus(db)
  if (pending.length === 0) return []
  const settings = await sessionSettings(db)
  for (let tries = 1; ; tries++)
    try {
      await dbmate(['migrate'], address, { settings })
      return pending
    } catch (error) {
      // dbmate does not repeat what the server said when it closed the connection; this one may have heard it.
      await db.query('select')
      if (tries === MAX_TRIES || !CONFLICT.test((error as Error).message)) throw error
      await sleep(RETRY_MS * tries)
    }
}

async function waitForTurn(db: pg.Client): Promise<void> {
  try {
    await db.query(`set local lock_timeout = '${LOCK_WAIT}'; select pg_advisory_xact_lock(${LOCK})`)
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '55P03') throw error
    throw new Failure(
      'Another npm run db:up is running on this database.',
      'Wait until it has finished, then run this again.',
    )
  }
}

/** Turns time-outs off for dbmate's session. A pooler would refuse such settings, or leave them to the next client. */
async function sessionSettings(db: pg.Client): Promise<Record<string, string>> {
  const { rows } = await db.query(`
    select pg_backend_pid() as pid, array_agg(name::text) as names from pg_settings
    where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')`)
  const [{ pid, names }] = rows
  // A pooler invents the number by which a client cancels its statements; the server's is the process.
  const isPooled = (db as pg.Client & { processID: number }).processID !== pid
  return isPooled ? {} : Object.fromEntries(names.map((name: string) => [name, '0']))
}
