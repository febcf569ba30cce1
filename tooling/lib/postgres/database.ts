import pg from 'pg'
import { databaseUrl } from '../environment.ts'
import { Failure } from '../errors.ts'

/** Schema public alone, and times in UTC as ISO 8601, whatever the server's or the user's defaults are. */
const SETTINGS = [
  'set search_path = pg_catalog, public, pg_temp',
  "set timezone = 'UTC'",
  "set datestyle = 'ISO'",
  'set statement_timeout = 0',
  'set idle_in_transaction_session_timeout = 0',
  // A killed command's transaction ends within seconds instead of running on, and with it the lock it holds.
  "set client_connection_check_interval = '1s'",
]

const OLDEST_SERVER = 150_000

/** Connects, does the work and disconnects; errors of the connection and the server become Failures. */
export async function withDatabase<T>(work: (db: pg.Client) => Promise<T>, url = databaseUrl()): Promise<T> {
  const db = new pg.Client({ connectionString: url, application_name: 'xmonitor', connectionTimeoutMillis: 10_000 })
  // A connection that breaks is reported by the query that waits on it; without a listener Node would end the process.
  db.on('error', () => {})
  try {
    await db.connect()
    await db.query(SETTINGS.join('; '))
    await refuseOld(db)
    return await work(db)
  } catch (error) {
    throw asFailure(error, url)
  } finally {
    await db.end().catch(() => {})
  }
}

/** One transaction for the work: committed when it returns, rolled back when it throws or when `commit` says no. */
export async function inTransaction<T>(db: pg.Client, work: () => Promise<T>, { commit = true } = {}): Promise<T> {
  await db.query('begin')
  try {
    const result = await work()
    await (commit ? commitOf(db) : db.query('rollback'))
    return result
  } catch (error) {
    await db.query('rollback').catch(() => {})
    throw error
  }
}

/** From here on the server may have committed, whatever becomes of the connection. */
async function commitOf(db: pg.Client): Promise<void> {
  try {
    await db.query('commit')
  } catch (error) {
    // An answer to the commit is a no to it; the words of a server that goes down are none.
    if (error instanceof pg.DatabaseError && !/^(57P|08|58|XX)/.test(error.code ?? '')) throw error
    throw new Failure(
      `The connection broke during the commit: ${(error as Error).message}.`,
      'Either all of it was changed or nothing, and only the server knows. Run it again: that is safe in both cases.',
      1,
      { cause: error },
    )
  }
}

async function refuseOld(db: pg.Client): Promise<void> {
  const { rows } = await db.query("select current_setting('server_version_num')::int as number, version() as text")
  if (rows[0].number >= OLDEST_SERVER) return
  throw new Failure(`The server is ${rows[0].text.split(' ', 2).join(' ')}.`, 'Use Postgres 15 or newer.')
}

/** What the server's or the network's error code means for the person at the command. */
const MEANING: Record<string, [fact: string, next: string]> = {
  ECONNREFUSED: ['Nothing answers there', 'Start Postgres, or correct DATABASE_URL.'],
  ENOTFOUND: ['There is no such host', 'Correct the host in DATABASE_URL.'],
  EAI_AGAIN: ['The host name cannot be looked up', 'Check the network, or correct the host in DATABASE_URL.'],
  ENOENT: ['There is no such socket', 'Start Postgres, or correct the host in DATABASE_URL.'],
  ETIMEDOUT: ['It does not answer', 'Check the network, the firewall and the security group.'],
  ECONNRESET: ['The connection broke', 'Nothing was changed. See the log of the server, then run it again.'],
  'no TLS': [
    'The server does not speak TLS',
    'Write sslmode=disable in DATABASE_URL, if you trust the network up to it.',
  ],
  'not trusted': [
    'The certificate of the server is not trusted',
    'Name the file of the authority that signed it: sslrootcert=FILE in DATABASE_URL (or NODE_EXTRA_CA_CERTS=FILE).',
  ],
  '28P01': ['The password is wrong', 'Correct the user or the password in DATABASE_URL or PGPASSWORD.'],
  'no password': ['The server asks for a password', 'Write it into DATABASE_URL, or set PGPASSWORD.'],
  '28000': ['The server refuses this user', 'Correct the user in DATABASE_URL, or pg_hba.conf of the server.'],
  '3D000': ['There is no such database', 'Create it and its tables: npm run db:up'],
  '53300': ['The server has no connection left', 'Close some, or raise max_connections; then run it again.'],
  '25006': ['The database is read-only', 'Connect to the writer, not to a replica.'],
  '42P01': ['A table is missing', 'Apply the migrations: npm run db:up'],
  '42703': ['A column is missing', 'Apply the migrations: npm run db:up'],
  '3F000': ['A schema is missing', 'Apply the migrations: npm run db:up'],
  '42501': ['This user may not do that', 'Connect as the owner of the tables.'],
  '53100': ['The disk of the server is full', 'Nothing was changed. Free some space there and run it again.'],
  '57P01': ['The server was shut down', 'Nothing was changed. Start it and run it again.'],
  '57P03': ['The server is starting up or shutting down', 'Wait a moment and run it again.'],
  '55P03': ['A table is locked by somebody else', 'Nothing was changed. Wait for them and run it again.'],
}

function asFailure(error: unknown, url: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const { code, message } = inner(error) as Error & { code?: string }
  const known = MEANING[code ?? ''] ?? MEANING[meaningOf(message, code)]
  // A file that cannot be read, a fault of ours: neither is the database's.
  if ('path' in error || (!known && !(error instanceof pg.DatabaseError))) return error
  if (known) return new Failure(`${known[0]} (${place(url)}): ${message}.`, known[1], 1, { cause: error })
  return new Failure(`Postgres says: ${message} (${code}).`, 'Nothing was changed. See the log of the server.', 1, {
    cause: error,
  })
}

/** For the faults of a connection that have no code of their own, or too many. */
function meaningOf(message: string, code = ''): string {
  if (/timeout expired/.test(message)) return 'ETIMEDOUT'
  if (/Connection terminated/.test(message)) return 'ECONNRESET'
  if (/does not support SSL/.test(message)) return 'no TLS'
  if (/client password must be/.test(message)) return 'no password'
  return /CERT|ALTNAME|SIGNATURE/.test(code) ? 'not trusted' : ''
}

/** Node tries each address of a host and reports all failures in one. */
function inner(error: Error): Error {
  return error instanceof AggregateError ? (error.errors[0] as Error) : error
}

/** Where it tried to connect to, without the password. */
function place(url: string): string {
  const { host, pathname, username } = new URL(url)
  return `${username}@${host}${pathname}`
}
