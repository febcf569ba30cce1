import { join } from 'node:path'
import { command } from './lib/cli.ts'
import { makeFolder } from './lib/files.ts'
import { migrate } from './lib/move/migrate.ts'
import { showMigration } from './lib/move/summary.ts'
import { print } from './lib/output.ts'
import { withTransaction } from './lib/postgres/database.ts'
import { writeDemo } from './lib/samples/demo.ts'

await command({
  name: 'demo',
  about: 'Moves four weeks of invented posts into a database that has no posts yet.',
  options: { out: { about: 'where the SQLite file and the export go', value: 'FOLDER', default: '.data/demo' } },
  usesDatabase: true,
  async run({ out }) {
    // Never next to real posts. Not again on another day either: the invented posts would have other dates.
    if (await hasPosts()) return { skipped: 'the database already has posts.' }
    makeFolder(out)
    const source = join(out, 'demo.db')
    writeDemo(source)
    return migrate({ source, out })
  },
  show(result) {
    if ('skipped' in result) print(`Demo skipped: ${result.skipped}`)
    else showMigration(result)
  },
})

function hasPosts(): Promise<boolean> {
  return withTransaction(async (db) => {
    const { rows } = await db.query("select to_regclass('public.posts') is not null as exists")
    if (!rows[0].exists) return false
    return (await db.query('select exists (select from public.posts) as exists')).rows[0].exists
  })
}
