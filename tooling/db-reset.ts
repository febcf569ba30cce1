import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { refuseTombstones } from './lib/move/tombstones.ts'
import { print } from './lib/output.ts'
import { describeAddress, readAddress } from './lib/postgres/address.ts'
import { createDatabase } from './lib/postgres/create-database.ts'
import { applyMigrations } from './lib/postgres/migrations.ts'
import { emptyDatabase } from './lib/postgres/reset.ts'

await command({
  name: 'db:reset',
  about: 'Drops everything in the schemas api and public, then sets them up again, without data.',
  options: {
    yes: { about: 'really do it' },
    'forget-deletions': { about: 'even if there are tombstones: what was deleted on request may then come back' },
  },
  example: '--yes',
  usesDatabase: true,
  async run({ yes, 'forget-deletions': forgetDeletions }) {
    const address = await readAddress()
    const database = describeAddress(address)
    if (!yes)
      throw new Failure(
        `This drops everything in the schemas api and public of the database ${database}.`,
        'To confirm, run: npm run db:reset -- --yes',
        2,
      )
    await createDatabase(address)
    await emptyDatabase(address, forgetDeletions ? undefined : refuseTombstones)
    await applyMigrations()
    return { database }
  },
  show({ database }) {
    print(`Set up again, without data: ${database}`)
  },
})
