import { command } from './lib/cli.ts'
import { databaseUrl } from './lib/environment.ts'
import { Failure } from './lib/errors.ts'
import { print, progress } from './lib/output.ts'
import { dbmate } from './lib/postgres/dbmate.ts'

await command({
  name: 'db:reset',
  about: 'Drops the whole database and sets it up anew, empty.',
  options: { yes: { about: 'yes, drop it with everything in it' } },
  async run({ yes }) {
    const url = databaseUrl()
    const database = where(url)
    if (!yes)
      throw new Failure(
        `This drops the database ${database} with everything in it.`,
        'Say so: npm run db:reset -- --yes',
        2,
      )
    for (const step of ['drop', 'up']) progress((await dbmate([step], url)).trim())
    return { database }
  },
  show({ database }) {
    print(`Dropped and set up anew: ${database}`)
  },
})

/** The database and its server, without the password. */
function where(url: string): string {
  if (!URL.canParse(url)) return 'the database'
  const { pathname, host } = new URL(url)
  return `${decodeURIComponent(pathname.slice(1))} on ${host}`
}
