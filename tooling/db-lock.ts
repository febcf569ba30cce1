import { existsSync } from 'node:fs'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { count, print } from './lib/output.ts'
import { checkVersions, LOCK_FILE, readLock, readMigrations, recordRelease } from './lib/postgres/db-lock.ts'
import { checkOrder } from './lib/postgres/db-order.ts'

await command({
  name: 'db:lock',
  about:
    'Records db/ at a release, in db/lock.txt and test/db/releases; refuses edited files that kept a released version.',
  options: {
    check: { about: 'check only, write nothing' },
    'accept-edits': {
      about:
        'record edited files under their old versions, and the same release again: only if no database to keep has applied them',
    },
  },
  example: '--check',
  async run({ check, 'accept-edits': accept }) {
    const migrations = readMigrations()
    const problems = [...checkVersions(migrations, accept ? [] : readLock()), ...checkOrder(migrations)]
    if (problems.length) {
      const facts = problems.map(({ file, fact, next }) => `${file} ${fact} ${next}`)
      throw new Failure(facts.join('\n  '), 'docs/changing.md has the recipes.')
    }
    const release = check ? null : recordRelease(migrations, accept)
    return { files: migrations.length, locked: existsSync(LOCK_FILE), release }
  },
  show({ files, locked, release }) {
    if (release) print(`Locked ${count(files)} files in db/lock.txt, copied to ${release}.`)
    else if (locked) print(`${count(files)} files in db/ match db/lock.txt.`)
    else print(`${count(files)} files in db/, none released yet: there is no db/lock.txt.`)
  },
})
