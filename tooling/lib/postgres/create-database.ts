import pg from 'pg'
import { Failure } from '../errors.ts'
import { progress } from '../output.ts'
import { type Address, describeAddress } from './address.ts'
import { withSession } from './database.ts'

const MAINTENANCE_DATABASE = 'postgres'

/** The cluster's own locale; where that demands another encoding, one that does not. */
const LOCALES = ['', "locale 'C.UTF-8'", "locale 'C'"]

const DUPLICATE = ['42P04', '23505']
const WRONG_LOCALE = ['22023', '42809']
const NO_PRIVILEGE = '42501'

/** Creates the database in UTF8 if it does not exist. dbmate would take the encoding of the cluster. */
export async function createDatabase(address: Address): Promise<void> {
  if (await exists(address)) return
  const create = `create database ${pg.escapeIdentifier(address.database)} template template0 encoding 'UTF8'`
  progress(`Creating: database ${describeAddress(address)}`)
  await withSession({ ...address, database: MAINTENANCE_DATABASE }, async (db) => {
    for (const locale of LOCALES)
      try {
        await db.query(`${create} ${locale}`)
        return
      } catch (error) {
        const code = (error as pg.DatabaseError).code ?? ''
        // By another process, at the same moment.
        if (DUPLICATE.includes(code)) return
        if (code === NO_PRIVILEGE)
          throw new Failure(
            `The user ${address.user} may not create the database ${address.database}.`,
            `As a user who may, run: ${create} owner ${pg.escapeIdentifier(address.user)}`,
          )
        if (!WRONG_LOCALE.includes(code) || locale === LOCALES.at(-1)) throw error
      }
  })
}

async function exists(address: Address): Promise<boolean> {
  try {
    await withSession(address, async () => {})
    return true
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as pg.DatabaseError
    if (code === '3D000') return false
    throw error
  }
}
