import { withTransaction } from '../postgres/database.ts'
import { TARGET_TABLES } from './tables.ts'

/** How many rows were deleted from each table. */
export type Rollback = { deleted: Record<string, number> }

/** Empties the tables that the move fills, in one transaction; the tables themselves, the roles and the API stay. */
export function rollback(): Promise<Rollback> {
  return withTransaction(
    async (db) => {
      const tables = TARGET_TABLES.map((table) => `public.${table}`)
      await db.query(`set local lock_timeout = '5s'; lock table ${tables.join(', ')} in access exclusive mode`)
      const counts = TARGET_TABLES.map((table) => `(select count(*)::int from public.${table}) as ${table}`)
      const { rows } = await db.query(`select ${counts.join(', ')}`)
      await db.query(`truncate ${tables.join(', ')}`)
      return { deleted: rows[0] }
    },
    { unchanged: 'Nothing was deleted.' },
  )
}
