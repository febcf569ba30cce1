import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'
import { FOLDERS } from './dbmate.ts'

/** What is wrong with a file of db/, and the next step. */
export type Problem = { file: string; fact: string; next: string }

/** db/lock.txt lists what the last release applied: each file's version (its leading digits) and the hash of its content. */
export const LOCK_FILE = join(PROJECT, 'db/lock.txt')
/** The db/ of each release, in a folder named after its version: test/postgres/upgrade.test.ts upgrades from there. */
export const RELEASES = join(PROJECT, 'test/db/releases')

type Locked = { version: string; file: string; hash: string }

export type Migration = Locked & { sql: string }

/** The files that dbmate applies, in its order. */
export function readMigrations(project = PROJECT): Migration[] {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(join(project, folder))
      .filter((name) => name.endsWith('.sql'))
      .map((name) => {
        const sql = readFileSync(join(project, folder, name), 'utf8')
        const hash = createHash('sha256').update(sql).digest('hex')
        return { version: name.match(/^\d*/)![0], file: `${folder}/${name}`, hash, sql }
      }),
  )
  return found.sort((a, b) => (a.version === b.version ? compare(a.file, b.file) : compare(a.version, b.version)))
}

export function readLock(file = LOCK_FILE): Locked[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
  return lines.map((line) => {
    const [version, hash, path] = line.split(' ') as [string, string, string]
    return { version, hash, file: path }
  })
}

export function formatLock(migrations: Migration[]): string {
  const head =
    '# What the last release applied: version, SHA-256, file. Written by npm run db:lock, checked by npm run check.\n'
  return head + migrations.map(({ version, hash, file }) => `${version} ${hash} ${file}\n`).join('')
}

/** Writes the lock, and keeps a copy of db/ under the version of package.json; returns the copy's folder. */
export function recordRelease(migrations: Migration[], overwrite: boolean): string {
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string }
  const copy = join(RELEASES, version)
  const folder = relative(PROJECT, copy)
  if (existsSync(copy) && !overwrite)
    throw new Failure(`${folder} already exists.`, 'Set the version of the next release in package.json first.')
  rmSync(copy, { recursive: true, force: true })
  for (const { file } of migrations) cpSync(join(PROJECT, file), join(copy, file))
  writeFileSync(LOCK_FILE, formatLock(migrations))
  return folder
}

/**
 * dbmate applies a version once and never reads the file again. A file edited under its old version would change new
 * databases only, so it needs a version newer than every locked one.
 */
export function checkVersions(migrations: Migration[], lock: Locked[]): Problem[] {
  const problems: Problem[] = []
  const newest = lock.at(-1)?.version ?? ''
  const locked = new Map(lock.map((each) => [each.version, each]))
  const seen = new Map<string, string>()
  for (const { version, file, hash } of migrations) {
    const report = (fact: string, next: string) => problems.push({ file, fact, next })
    const before = locked.get(version)
    const duplicate = seen.get(version)
    seen.set(version, file)
    if (!/^\d{14}$/.test(version)) report('does not begin with a version.', 'Name it YYYYMMDDHHMMSS_name.sql.')
    else if (duplicate)
      report(`has the same version as ${duplicate}; dbmate would apply only one.`, 'Give one of them another version.')
    else if (before && before.hash !== hash)
      report('was edited under its released version.', `Rename it to a version newer than ${newest}.`)
    else if (!before && version < newest)
      report(
        `is older than ${newest}, which is released: new and upgraded databases would apply it at different places.`,
        'Rename it to a newer version.',
      )
  }
  return problems
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
