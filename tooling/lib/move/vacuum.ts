import { Failure } from '../errors.ts'
import { interruptible } from '../interrupt.ts'
import { progress, step } from '../output.ts'
import { readAddress } from '../postgres/address.ts'
import { withSession } from '../postgres/database.ts'
import { TARGET_TABLES } from './tables.ts'

/**
 * Sets the visibility map, which autovacuum would do within minutes: until then an index-only scan reads the table for
 * each row. Only possible after the commit, so a failure is reported but does not fail the import.
 */
export async function vacuum(): Promise<void> {
  const tables = TARGET_TABLES.map((table) => `public.${table}`)
  try {
    const address = await readAddress()
    await step(['Vacuuming', 'Vacuumed'], `${tables.length} tables`, () =>
      interruptible('Everything was imported.', () =>
        withSession(address, (db) => db.query(`vacuum ${tables.join(', ')}`)),
      ),
    )
  } catch (error) {
    const reason = error instanceof Failure ? error.fact : (error as Error).message
    progress(`Not vacuumed, which autovacuum will do later: ${reason}`)
  }
}
