import pg from 'pg'
import { Failure } from '../errors.ts'
import { interruptible } from '../interrupt.ts'
import { progress } from '../output.ts'
import { type Address, clientConfig, describeAddress, readAddress } from './address.ts'
import { asFailure, isConnectionLoss, rejectsTls } from './server-errors.ts'

type Options = {
  /** Said when the work fails: what it has not changed. */
  unchanged?: string
  /** false: roll back after the work. */
  commit?: boolean
  isolation?: 'read committed' | 'repeatable read'
  address?: Address
}

/** A connection, with what the server said when it closed it. */
type Connection = { db: pg.Client; address: Address; lastWords: () => Error | undefined }

const OLDEST_SERVER = 150_000
const OUTCOME_UNKNOWN = 'Either everything was changed or nothing.'

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
 * Errors of the connection and the server become Failures. The work also gets the address as it was used.
 */
export async function withTransaction<T>(
  work: (db: pg.Client, address: Address) => Promise<T>,
  { commit = true, isolation = 'read committed', ...options }: Options = {},
): Promise<T> {
  const connection = await connect(options.address ?? (await readAddress()))
  const { db, address, lastWords } = connection
  announce(placeOf(address))
  const unchanged = options.unchanged ?? 'Nothing was changed.'
  let begun = false
  try {
    await db.query(`begin isolation level ${isolation}; ${SETTINGS}`)
    await checkServer(db)
    begun = true
    const result = await interruptible(unchanged, () => work(db, address))
    if (commit) await commitWork(connection)
    return result
  } catch (error) {
    const lost = error instanceof Error && isConnectionLoss(error)
    throw asFailure((lost && lastWords()) || error, placeOf(address), begun ? unchanged : '')
  } finally {
    // After a commit nothing is left to roll back; without a connection nobody can be asked to.
    await db.query('rollback').catch(() => {})
    await db.end().catch(() => {})
  }
}

let announced = ''

/** Says which database it is before anything changes there. */
function announce(place: string): void {
  if (place !== announced) progress(`Database: ${place}`)
  announced = place
}

/** Connects outside of any transaction, for what cannot run in one. */
export async function withSession<T>(given: Address, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const { db, address } = await connect(given)
  try {
    return await work(db)
  } catch (error) {
    throw asFailure(error, placeOf(address))
  } finally {
    await db.end().catch(() => {})
  }
}

/** In mode prefer, first with TLS and then without, as libpq does. */
async function connect(address: Address): Promise<Connection> {
  const db = new pg.Client(clientConfig(address))
  const lastWords = listenForLastWords(db)
  try {
    await db.connect()
    const tls = address.tls.mode === 'prefer' ? { ...address.tls, mode: 'require' as const } : address.tls
    return { db, address: { ...address, tls }, lastWords }
  } catch (error) {
    await db.end().catch(() => {})
    if (address.tls.mode === 'prefer' && rejectsTls(error as Error))
      return connect({ ...address, tls: { mode: 'disable' } })
    throw asFailure(error, placeOf(address))
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
async function commitWork({ db, lastWords }: Connection): Promise<void> {
  try {
    await interruptible(OUTCOME_UNKNOWN, () => db.query('commit'))
  } catch (cause) {
    if (!isConnectionLoss(cause as Error)) throw cause
    throw new Failure(
      `The connection broke during the commit: ${(lastWords() ?? (cause as Error)).message}.`,
      `${OUTCOME_UNKNOWN} Run this again: it is safe in both cases.`,
      1,
      { cause },
    )
  }
}

/** Refuses an old server, and a database that cannot hold every text. */
async function checkServer(db: pg.Client): Promise<void> {
  const { rows } = await db.query(`
    select current_setting('server_version_num')::int as number, version() as version,
      current_setting('server_encoding') as encoding, current_database() as database`)
  const { number, version, encoding, database } = rows[0]
  if (number < OLDEST_SERVER)
    throw new Failure(`The server runs ${version.split(' ', 2).join(' ')}.`, 'Use Postgres 15 or newer.')
  if (encoding !== 'UTF8')
    throw new Failure(
      `The database ${database} has the encoding ${encoding}.`,
      'Use a database with the encoding UTF8: npm run db:up creates one that does not exist yet.',
    )
}

/** The server, without the password. */
function placeOf(address: Address): string {
  return `${describeAddress(address)} as ${address.user}`
}
