import { command } from './lib/cli.ts'
import { count, print } from './lib/output.ts'
import { withTransaction } from './lib/postgres/database.ts'
import { readStatus } from './lib/postgres/migrations.ts'

await command({
  name: 'db:status',
  about: 'Lists the files in db/ that are applied ([X]) or pending ([ ]).',
  options: {},
  usesDatabase: true,
  run: () => withTransaction(readStatus, { unchanged: '', commit: false }),
  show({ applied, pending }) {
    for (const file of applied) print(`[X] ${file}`)
    for (const file of pending) print(`[ ] ${file}`)
    print(
      `${count(applied.length)} applied, ${count(pending.length)} pending${pending.length ? ': npm run db:up' : ''}`,
    )
  },
})
