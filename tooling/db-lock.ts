import { writeFileSync } from 'node:fs'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { count, print } from './lib/output.ts'
import { complaints, LOCK_FILE, readLock, readMigrations, writtenLock } from './lib/postgres/db-lock.ts'

await command({
  name: 'db:lock',
  about:
    'Records what db/ holds at a release (db/lock.txt), and refuses files that were edited under a released version.',
  options: {
    check: { about: 'only look' },
    'accept-edits': {
      about: 'record edited files under their old versions: when no database to keep has applied them',
    },
  },
  async run({ check, 'accept-edits': accept }) {
    const migrations = readMigrations()
    const found = complaints(migrations, accept ? [] : readLock())
    if (found.length) {
      const facts = found.map(({ file, fact, next }) => `${file} ${fact} ${next}`)
      throw new Failure(facts.join('\n  '), 'See docs/decisions.md, "The database".')
    }
    if (!check) writeFileSync(LOCK_FILE, writtenLock(migrations))
    return { files: migrations.length, written: !check }
  },
  show({ files, written }) {
    print(written ? `Locked ${count(files)} files in db/lock.txt.` : `${count(files)} files of db/ fit db/lock.txt.`)
  },
})
