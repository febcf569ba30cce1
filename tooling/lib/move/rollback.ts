import { inTransaction, withDatabase } from '../postgres/database.ts'
import { FILLED } from './tables.ts'

/** Rows that were taken out of each table. */
export type Rollback = { deleted: Record<string, number> }

/** Empties the six tables, all in one transaction; the tables themselves, the roles and the API stay. */
export function rollback(): Promise<Rollback> {
  return withDatabase((db) =>
    inTransaction(db, async () => {
      const tables = FILLED.map((table) => `public.${table}`)
      await db.query(`set local lock_timeout = '5s'; lock table ${tables.join(', ')} in access exclusive mode`)
      const counts = FILLED.map((table) => `(select count(*)::int from public.${table}) as ${table}`)
      const { rows } = await db.query(`select ${counts.join(', ')}`)
      await db.query(`truncate ${tables.join(', ')}`)
      return { deleted: rows[0] }
    }),
  )
}
