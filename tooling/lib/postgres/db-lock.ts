import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from '../project.ts'
import { FOLDERS } from './dbmate.ts'

/** What is wrong with the files of db/, each a sentence with its next step. */
export type Complaint = { file: string; fact: string; next: string }

/** db/lock.txt holds what a release applied: a file's version (its leading digits) and the hash of its content. */
export const LOCK_FILE = join(PROJECT, 'db/lock.txt')

type Migration = { version: string; file: string; hash: string }

/** The files that dbmate applies, in its order. */
export function readMigrations(project = PROJECT): Migration[] {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(join(project, folder))
      .filter((name) => name.endsWith('.sql'))
      .map((name) => ({
        version: name.match(/^\d*/)![0],
        file: `${folder}/${name}`,
        hash: createHash('sha256')
          .update(readFileSync(join(project, folder, name)))
          .digest('hex'),
      })),
  )
  return found.sort((a, b) => (a.version === b.version ? compare(a.file, b.file) : compare(a.version, b.version)))
}

export function readLock(file = LOCK_FILE): Migration[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
  return lines.map((line) => {
    const [version, hash, path] = line.split(' ') as [string, string, string]
    return { version, hash, file: path }
  })
}

export function writtenLock(migrations: Migration[]): string {
  const head =
    '# What the last release applied: version, SHA-256, file. Written by npm run db:lock, held by npm run check.\n'
  return head + migrations.map(({ version, hash, file }) => `${version} ${hash} ${file}\n`).join('')
}

/**
 * dbmate applies a version once and never looks at the content again: a file that was edited under its old version
 * changes new databases and leaves the others as they are. So it must get a newer version, above all that are locked.
 */
export function complaints(migrations: Migration[], lock: Migration[]): Complaint[] {
  const found: Complaint[] = []
  const newest = lock.at(-1)?.version ?? ''
  const locked = new Map(lock.map((each) => [each.version, each]))
  const seen = new Map<string, string>()
  for (const { version, file, hash } of migrations) {
    const say = (fact: string, next: string) => found.push({ file, fact, next })
    const before = locked.get(version)
    const twin = seen.get(version)
    seen.set(version, file)
    if (!/^\d{14}$/.test(version)) say('does not begin with a version.', 'Name it YYYYMMDDHHMMSS_name.sql.')
    else if (twin)
      say(`has the same version as ${twin}; dbmate would apply only one.`, 'Give one of them another version.')
    else if (before && before.hash !== hash)
      say('was changed under its old version.', `Rename it to a version newer than ${newest}.`)
    else if (!before && version < newest)
      say(
        `is older than ${newest}, which is released: new and upgraded databases would apply it at different places.`,
        'Rename it to a newer version.',
      )
  }
  return found
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
