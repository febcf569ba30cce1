import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { rollback } from './lib/move/rollback.ts'
import { print, rowCount } from './lib/output.ts'
import { describeAddress, readAddress } from './lib/postgres/address.ts'

await command({
  name: 'rollback',
  about: 'Empties the six tables in one transaction; the import can then be run again.',
  options: { yes: { about: 'confirm it' } },
  example: '--yes',
  usesDatabase: true,
  async run({ yes }) {
    if (!yes) {
      const database = describeAddress(await readAddress())
      throw new Failure(
        `This empties the six tables of the database ${database}.`,
        'To confirm, run: npm run rollback -- --yes',
        2,
      )
    }
    return rollback()
  },
  show({ deleted }) {
    for (const [table, rows] of Object.entries(deleted)) print(`${table}: ${rowCount(rows)} deleted`)
  },
})
