import { command } from './lib/cli.ts'
import { countOf, print } from './lib/output.ts'
import { applyMigrations } from './lib/postgres/migrations.ts'

await command({
  name: 'db:up',
  about: 'Creates the database if it does not exist, and applies what is pending in db/.',
  options: {},
  usesDatabase: true,
  run: async () => ({ applied: await applyMigrations() }),
  show({ applied }) {
    print(applied.length ? `${countOf(applied.length, 'file')} applied.` : 'The database is up to date.')
  },
})
