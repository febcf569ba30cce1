import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { rollback } from './lib/move/rollback.ts'
import { count, print } from './lib/output.ts'

await command({
  name: 'rollback',
  about: 'Empties the six tables in one transaction, so that the import can be run anew from the snapshot.',
  options: { yes: { about: 'really do it' } },
  run({ yes }) {
    if (!yes) {
      throw new Failure(
        'This empties the six tables of the database.',
        'If that is what you want: npm run rollback -- --yes',
        2,
      )
    }
    return rollback()
  },
  show({ deleted }) {
    for (const [table, rows] of Object.entries(deleted)) print(`${table}: ${count(rows)} rows deleted`)
  },
})
