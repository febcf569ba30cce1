import pg from 'pg'
import { databaseUrl } from '../environment.ts'
import { Failure } from '../errors.ts'
import { asFailure, isConnectionLoss } from './server-errors.ts'

type Options = {
  /** Said when the work fails: what it has not changed. */
  unchanged?: string
  /** false: roll back after the work. */
  commit?: boolean
  isolation?: 'read committed' | 'repeatable read'
  url?: string
}

const OLDEST_SERVER = 150_000

/** Local to the transaction: a pooler gives the session to other clients afterwards. */
const SETTINGS = `
  set local search_path = pg_catalog, public, pg_temp;
  set local timezone = 'UTC';
  set local datestyle = 'ISO';
  -- The transaction of a killed command ends within a second, and its locks with it.
  set local client_connection_check_interval = '1s';
  -- Those that this version of the server has.
  select set_config(name, '0', true) from pg_settings
  where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`

/**
 * Connects, does the work in one transaction and disconnects. Commits when the work returns, rolls back when it throws.
 * Errors of the connection and the server become Failures.
 */
export async function withTransaction<T>(work: (db: pg.Client) => Promise<T>, options: Options = {}): Promise<T> {
  const { commit = true, isolation = 'read committed', url = databaseUrl() } = options
  const db = new pg.Client({
    connectionString: url,
    application_name: 'xmonitor',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  const lastWords = listenForLastWords(db)
  let unchanged: string | undefined
  try {
    await db.connect()
    await db.query(`begin isolation level ${isolation}; ${SETTINGS}`)
    await refuseOldServer(db)
    unchanged = options.unchanged ?? 'Nothing was changed.'
    const result = await work(db)
    if (commit) await commitWork(db, lastWords)
    return result
  } catch (error) {
    const lost = error instanceof Error && isConnectionLoss(error)
    throw asFailure((lost && lastWords()) || error, placeOf(url), unchanged)
  } finally {
    // Nothing is left to roll back after a commit, and nobody to tell when the connection is gone.
    await db.query('rollback').catch(() => {})
    await db.end().catch(() => {})
  }
}

/**
 * Gives what the server said when it closed the connection: it may say so between two statements, or in a warning, and
 * the next statement then only finds the connection broken.
 */
function listenForLastWords(db: pg.Client): () => Error | undefined {
  let words: Error | undefined
  // Without a listener Node would end the process; the statement under way fails as well.
  db.on('error', (error) => {
    if (error instanceof pg.DatabaseError) words ??= error
  })
  db.on('notice', ({ message, code, length }) => {
    if (code?.startsWith('57P')) words ??= Object.assign(new pg.DatabaseError(message ?? '', length, 'error'), { code })
  })
  return () => words
}

/** Once the commit is sent, a broken connection leaves its outcome unknown. */
async function commitWork(db: pg.Client, lastWords: () => Error | undefined): Promise<void> {
  try {
    await db.query('commit')
  } catch (cause) {
    if (!isConnectionLoss(cause as Error)) throw cause
    throw new Failure(
      `The connection broke during the commit: ${(lastWords() ?? (cause as Error)).message}.`,
      'Either everything was changed or nothing. Run this again: it is safe in both cases.',
      1,
      { cause },
    )
  }
}

async function refuseOldServer(db: pg.Client): Promise<void> {
  const { rows } = await db.query("select current_setting('server_version_num')::int as number, version() as text")
  if (rows[0].number >= OLDEST_SERVER) return
  throw new Failure(`The server runs ${rows[0].text.split(' ', 2).join(' ')}.`, 'Use Postgres 15 or newer.')
}

/** The server, without the password. */
function placeOf(url: string): string {
  const { host, pathname, username } = new URL(url)
  return `${username}@${host}${pathname}`
}
