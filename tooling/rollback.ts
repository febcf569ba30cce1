import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { rollback } from './lib/move/rollback.ts'
import { count, print } from './lib/output.ts'

await command({
  name: 'rollback',
  about: 'Empties the six tables in one transaction; the import can then be run again.',
  options: { yes: { about: 'confirm it' } },
  run({ yes }) {
    if (!yes) {
      throw new Failure('This empties the six tables of the database.', 'To confirm, run: npm run rollback -- --yes', 2)
    }
    return rollback()
  },
  show({ deleted }) {
    for (const [table, rows] of Object.entries(deleted)) print(`${table}: ${count(rows)} rows deleted`)
  },
})
