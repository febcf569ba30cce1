import { command } from './lib/cli.ts'
import { databaseUrl } from './lib/environment.ts'
import { count, print, progress } from './lib/output.ts'
import { dbmate } from './lib/postgres/dbmate.ts'

await command({
  name: 'db:up',
  about: 'Creates the database when it is missing and applies what is new in db/migrations, db/functions and db/views.',
  options: {},
  async run() {
    const printed = await dbmate(['up'], databaseUrl())
    if (printed) progress(printed.trim())
    return { applied: [...printed.matchAll(/^Applied: (\S+) in/gm)].map(([, file]) => file!) }
  },
  show({ applied }) {
    print(
      applied.length ? `${count(applied.length)} applied; the database is up to date.` : 'The database is up to date.',
    )
  },
})
