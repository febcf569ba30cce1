import { command } from './lib/cli.ts'
import { databaseUrl } from './lib/environment.ts'
import { count, print } from './lib/output.ts'
import { dbmate } from './lib/postgres/dbmate.ts'

await command({
  name: 'db:status',
  about: 'Lists the files of db/ that are applied ([X]) and those that are not ([ ]).',
  options: {},
  async run() {
    const lines = (await dbmate(['status'], databaseUrl())).split('\n')
    const marked = (mark: string) =>
      lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length))
    return { applied: marked('[X] '), pending: marked('[ ] ') }
  },
  show({ applied, pending }) {
    for (const file of applied) print(`[X] ${file}`)
    for (const file of pending) print(`[ ] ${file}`)
    print(
      `${count(applied.length)} applied, ${count(pending.length)} pending${pending.length ? ': npm run db:up' : ''}`,
    )
  },
})
