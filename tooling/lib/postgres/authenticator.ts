import { createHmac } from 'node:crypto'
import pg from 'pg'
import { Failure } from '../errors.ts'
import { parseAddress } from './address.ts'
import { withTransaction } from './database.ts'
import { isConnectionLoss } from './server-errors.ts'

/**
 * The URL with which the API logs in to a local database: as authenticator, with a password derived from the owner's, which
 * is set if it does not work yet. Only for a server of one's own, since it changes the role for the whole cluster.
 */
export async function authenticatorUrl(ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl)
  const password = createHmac('sha256', decodeURIComponent(url.password)).update('authenticator').digest('hex')
  url.username = 'authenticator'
  url.password = password
  if (await canConnect(url.href)) return url.href
  await setPassword(ownerUrl, password).catch(async (error) => {
    // Of two processes that change a role at once, Postgres refuses one. The other one set the same password.
    if (!(await canConnect(url.href))) throw error
  })
  return url.href
}

async function setPassword(ownerUrl: string, password: string): Promise<void> {
  const address = await parseAddress(ownerUrl)
  const work = async (db: pg.Client) => {
    try {
      await db.query(`alter role authenticator password '${password}'`)
    } catch (cause) {
      if (isConnectionLoss(cause as Error)) throw cause
      const next = 'Apply the migrations (npm run db:up) as a user who may alter roles.'
      throw new Failure(`The role authenticator cannot be used: ${(cause as Error).message}`, next, 1, { cause })
    }
  }
  await withTransaction(work, { unchanged: 'The password of authenticator was not changed.', address })
}

async function canConnect(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
