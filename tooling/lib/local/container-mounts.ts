import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../errors.ts'
import { count } from '../output.ts'

/** What compose.yaml mounts into containers that run as users of their own. */
const MOUNTED = ['db', 'infra', 'web']

/** Refuses files that those users cannot read, as in a clone made with umask 077; the containers would fail without saying so. */
export function checkMounts(folder = '.', platform = process.platform): void {
  // Docker Desktop hands files over whatever their mode is.
  if (platform !== 'linux') return
  const unreadable = MOUNTED.flatMap((path) => unreadableIn(folder, path))
  if (unreadable.length === 0) return
  const more = unreadable.length > 1 ? ` and ${count(unreadable.length - 1)} more` : ''
  throw new Failure(
    `The containers, which run as other users, cannot read ${unreadable[0]}${more}.`,
    `Let everybody read them: chmod -R go+rX ${MOUNTED.join(' ')}`,
    2,
  )
}

function unreadableIn(folder: string, path: string): string[] {
  const found = statSync(join(folder, path))
  const needed = found.isDirectory() ? 0o005 : 0o004
  if ((found.mode & needed) !== needed) return [path]
  return found.isDirectory()
    ? readdirSync(join(folder, path)).flatMap((name) => unreadableIn(folder, join(path, name)))
    : []
}
