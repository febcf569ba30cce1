import { createHmac } from 'node:crypto'
import pg from 'pg'
import { Failure } from '../errors.ts'

const LOCK = 7_274_852

/**
 * The address by which the API logs in to a local database: as authenticator, whose password is derived from the owner's
 * and set when it does not fit yet. For servers of one's own only: it changes the role for the whole cluster.
 */
export async function authenticatorUrl(ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl)
  const password = createHmac('sha256', decodeURIComponent(url.password)).update('authenticator').digest('hex')
  url.username = 'authenticator'
  url.password = password
  if (await canConnect(url.href)) return url.href

  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    // One process at a time: Postgres refuses to change one role twice at once.
    await owner.query('select pg_advisory_lock($1)', [LOCK])
    await owner.query(`alter role authenticator password '${password}'`)
  } catch (cause) {
    const next = 'Apply the migrations (npm run db:up) as a user who may alter roles.'
    throw new Failure(`The role authenticator cannot be used: ${(cause as Error).message}`, next, 1, { cause })
  } finally {
    await owner.end()
  }
  return url.href
}

async function canConnect(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
