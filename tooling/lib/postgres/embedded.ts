import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { Failure } from '../errors.ts'
import { progress } from '../output.ts'
import { commandLine, freePort, isAlive, spawnTied, waitUntilGone } from '../processes.ts'
import { describeUnreadable, type Home, prepareHome, readOwned, type ServerUser } from './embedded-home.ts'

export type Postgres = {
  /** For the superuser and the database `postgres`; works with any client, dbmate included. */
  url: string
  port: number
  /** The folder with the data and the log: the given one, unless the server's user cannot enter it. */
  dir: string
  /** Shuts down fast and waits until the server is gone. Safe to call twice. */
  stop: () => Promise<void>
  /** Resolves when the server ends without stop(). */
  lost: Promise<Failure>
}

type Options = {
  /** The folder for the data, the log and the password; created on the first start. */
  dir: string
  /** The preferred port, else the next free one; without it, any free port. */
  port?: number
  /** Server settings, as in postgresql.conf. */
  settings?: Record<string, string>
  say?: (text: string) => void
}

/** For throwaway data: nothing waits for the disk. */
export const THROWAWAY = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

const SUPERUSER = 'postgres'
const START_SECONDS = 120
const RECREATE = 'Remove that folder, or add --fresh to the command: its data can be recreated.'
const RESTORE = 'Restore that file, or start afresh by adding --fresh to the command: the data can be recreated.'

/**
 * Starts the Postgres from npm on 127.0.0.1, with a new data folder or with that of an earlier start, even one that was
 * killed. It ends with stop(), or when this process ends in any way.
 */
export async function startPostgres({ dir, port, settings = {}, say = progress }: Options): Promise<Postgres> {
  const home = prepareHome(dir, say)
  const data = join(home.dir, 'data')
  const password = await initialize(home, data)
  await endOrphan(data, home.user)

  for (let attempt = 1; ; attempt++) {
    const chosen = await freePort(port, say)
    const server = launch(home, data, chosen, settings)
    const problem = await waitUntilReady(server, home)
    if (!problem) {
      const { stop, lost } = watch(server, home)
      const url = `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${chosen}/postgres?sslmode=disable`
      if (!(await canLogIn(url))) {
        await stop()
        throw new Failure(`The password in ${join(home.dir, 'password')} is not that of the data.`, RESTORE)
      }
      return { url, port: chosen, dir: home.dir, stop, lost }
    }
    // The port was taken meanwhile, or backends of a killed server are still ending.
    const temporary = /could not bind|shared memory block .* still in use/.test(problem)
    if (!temporary || attempt === 20) throw startFailure(data, problem)
    await sleep(200)
  }
}

/** As the server's user, since root must not follow a link that this user put there: $1 folder, $2 initdb, then its options. */
const CREATE_DATA = `set -e; cd "$1"; umask 077; rm -rf data.tmp password; cat > password
  shift; "$@" -D data.tmp --pwfile=password >/dev/null; mv data.tmp data`
/** The same for what is removed: $1 folder. */
const REMOVE_DATA = 'cd "$1"; rm -rf data data.tmp log password'
/** The same for the log: $1 file, then the server and its options. */
const RUN_WITH_LOG = 'umask 077; log=$1; shift; rm -f "$log"; exec "$@" >"$log" 2>&1'

/** Creates the data folder on the first start, under another name until initdb is done; returns the password. */
async function initialize({ bin, dir, user }: Home, data: string): Promise<string> {
  if (existsSync(data)) {
    const created = readOwned(join(data, 'PG_VERSION'), user)?.trim()
    const installed = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout.match(/\d+/)?.[0]
    if (created && installed && created !== installed)
      throw new Failure(
        `The data in ${dir} was created by Postgres ${created}; this is Postgres ${installed}.`,
        RECREATE,
      )
    const file = join(dir, 'password')
    // An editor may have added a line break.
    const password = readOwned(file, user)?.trim()
    if (password) return password
    const problem = password === '' ? 'is empty' : describeUnreadable(file, user)
    throw new Failure(`${file} ${problem}: it holds the password of the data.`, RESTORE)
  }

  const password = randomBytes(24).toString('hex')
  const options = [
    ...['-U', SUPERUSER, '-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ...['--auth=scram-sha-256', '--no-sync', '--no-instructions'],
  ]
  const args = ['-c', CREATE_DATA, 'sh', dir, join(bin, 'initdb'), ...options]
  const creating = promisify(execFile)('/bin/sh', args, asUser(user))
  creating.child.stdin!.end(password)
  await creating.catch((error: Error & { stderr?: string }) => {
    throw startFailure(data, error.stderr?.trim() || error.message)
  })
  return password
}

/** Removes the data, the log and the password of earlier starts; refused while another process runs the server. */
export async function removePostgres(folder: string): Promise<void> {
  const { dir, user } = prepareHome(folder, () => {})
  await endOrphan(join(dir, 'data'), user)
  await promisify(execFile)('/bin/sh', ['-c', REMOVE_DATA, 'sh', dir], asUser(user)).catch((error) => {
    throw new Failure(`Cannot remove the data in ${dir}: ${lastLines(error.stderr.trim())}.`, 'Remove that folder.')
  })
}

/** Stops a server left on the same data by a killed process, and removes a stale pid file. */
async function endOrphan(data: string, user: ServerUser | undefined): Promise<void> {
  const pid = serverOn(data, user)
  const owner = pid && ownerOf(pid)
  if (owner)
    throw new Failure(`Process ${owner} is already running Postgres on ${data}.`, 'Stop it first, or use that server.')
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!pid || !isAlive(pid)) break
    process.kill(pid, signal)
    await waitUntilGone(pid, 5000)
  }
  rmSync(join(data, 'postmaster.pid'), { force: true })
}

/** The other process that runs a server on the data of this folder. */
export function findOwner(folder: string): number | undefined {
  const { dir, user } = prepareHome(folder, () => {})
  const pid = serverOn(join(dir, 'data'), user)
  return pid && ownerOf(pid)
}

/** The server that runs on this data. Its pid file may be stale, and another process have that number. */
function serverOn(data: string, user: ServerUser | undefined): number | undefined {
  const pid = Number(readOwned(join(data, 'postmaster.pid'), user)?.split('\n')[0])
  return pid && isAlive(pid) && commandLine(pid).includes(`-D ${realpathSync(data)} `) ? pid : undefined
}

/** The process that started this server and still runs, unless it is this one. */
function ownerOf(server: number): number | undefined {
  const owner = Number(commandLine(server).match(/xmonitor\.owner=(\d+)/)?.[1])
  return owner && owner !== process.pid && isAlive(owner) && commandLine(owner).includes('node') ? owner : undefined
}

function launch({ bin, dir, user }: Home, data: string, port: number, settings: Record<string, string>): ChildProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Tells endOrphan whose server it is.
    'xmonitor.owner': String(process.pid),
    ...settings,
  }
  const args = ['-D', realpathSync(data), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const command = ['-c', RUN_WITH_LOG, 'sh', join(dir, 'log'), join(bin, 'postgres'), ...args]
  // SIGINT asks the server for a fast shutdown.
  return spawnTied('INT', '/bin/sh', command, { ...asUser(user), stdio: ['pipe', 'ignore', 'ignore'] })
}

/** Waits until the server accepts connections; returns its log if it ended instead. */
async function waitUntilReady(server: ChildProcess, { dir, user }: Home): Promise<string | undefined> {
  for (const end = Date.now() + START_SECONDS * 1000; Date.now() < end; await sleep(10)) {
    if (server.exitCode !== null || server.signalCode !== null)
      return readOwned(join(dir, 'log'), user)?.trim() || 'no output'
    // The last line of the pid file is the state; pg_ctl waits for it too.
    const lines = readOwned(join(dir, 'data/postmaster.pid'), user)?.trimEnd().split('\n') ?? []
    if (Number(lines[0]) === server.pid && lines.at(-1)!.trim() === 'ready') return
  }
  server.kill('SIGQUIT')
  return `not ready after ${START_SECONDS} seconds`
}

async function canLogIn(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString })
  try {
    await client.connect()
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') return false
    throw error
  } finally {
    await client.end()
  }
}

function watch(server: ChildProcess, { dir, user }: Home): Pick<Postgres, 'stop' | 'lost'> {
  let stopping = false
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const lost = new Promise<Failure>((resolve) =>
    server.once('exit', (code, signal) => {
      if (stopping) return
      const log = lastLines(readOwned(join(dir, 'log'), user)?.trim() || 'no output')
      const how = signal ?? `exit code ${code}`
      resolve(new Failure(`Postgres ended (${how}). Its log:\n  ${log}`, 'The data is kept. Run npm start again.'))
    }),
  )
  // Neither the server nor its pipe keeps this process alive, so a script that forgets stop() still ends.
  server.unref()
  const pipe = server.stdin as unknown as { unref: () => void } & NodeJS.WritableStream
  pipe.unref()
  pipe.on('error', () => {})
  const stop = async () => {
    stopping = true
    if (server.exitCode !== null || server.signalCode !== null) return
    server.ref()
    server.kill('SIGINT')
    await gone
    pipe.end()
  }
  return { stop, lost }
}

function lastLines(text: string): string {
  return text.split('\n').slice(-4).join('\n  ')
}

function asUser(user: ServerUser | undefined) {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  return user ? { ...user, env, cwd: '/' } : { env, cwd: '/' }
}

function startFailure(data: string, problem: string): Failure {
  const owner = existsSync(data) ? ` (owned by user ${lstatSync(data).uid})` : ''
  return new Failure(
    `Postgres did not start on ${data}${owner}:\n  ${lastLines(problem)}`,
    'If the data is damaged, remove that folder: it can be recreated.',
  )
}
