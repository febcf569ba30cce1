import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Failure } from '../errors.ts'
import { progress } from '../output.ts'
import { commandLine, freePort, isAlive, waitUntilGone } from '../processes.ts'
import { type Home, prepareHome, type ServerUser } from './embedded-home.ts'

export type Postgres = {
  /** Of the superuser and the database `postgres`: every Postgres client takes it, dbmate too. */
  url: string
  port: number
  /** Where the data and the log lie: the given folder, unless the server's user cannot enter it. */
  dir: string
  /** A fast shutdown; returns when the server is gone. Safe to call twice. */
  stop: () => Promise<void>
}

type Options = {
  /** The folder that holds the data, the log and the password; made on the first start. */
  dir: string
  /** Taken when it is free, else the next free one; without it a free one is picked. */
  port?: number
  /** Server settings, as in postgresql.conf. */
  settings?: Record<string, string>
  say?: (text: string) => void
}

/** For data that is thrown away after use: nothing waits for the disk. */
export const THROWAWAY = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

const SUPERUSER = 'postgres'
const START_SECONDS = 120

// The server outlives a parent that is killed, unless something tells it: a shell beside it waits for the end of a
// pipe that only the parent holds open, then asks the server for a fast shutdown (SIGINT).
const RUN_UNTIL_PARENT_ENDS = 'exec 3<&0; ( ( read -r _; kill -INT $$ ) <&3 & ); exec 3<&-; exec "$@" </dev/null'

/**
 * Starts the Postgres that comes with npm on 127.0.0.1, on a new data folder or on one of an earlier start, also one that
 * was killed. It ends with stop(), and on its own when this process ends, however it ends.
 */
export async function startPostgres({ dir, port, settings = {}, say = progress }: Options): Promise<Postgres> {
  const home = prepareHome(dir, say)
  const data = join(home.dir, 'data')
  const password = await initialise(home, data)
  await endOrphan(data)

  for (let attempt = 1; ; attempt++) {
    const chosen = await freePort(port, say)
    const server = launch(home, data, chosen, settings)
    const trouble = await untilReady(server, data, join(home.dir, 'log'))
    if (!trouble) {
      const stop = stopper(server)
      const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${chosen}/postgres?sslmode=disable`
      return { url, port: chosen, dir: home.dir, stop }
    }
    // Somebody took the port meanwhile, or the backends of a killed server have not noticed yet.
    const passing = /could not bind|shared memory block .* still in use/.test(trouble)
    if (!passing || attempt === 20) throw startFailure(data, trouble)
    await sleep(200)
  }
}

/** Makes the data folder on the first start (under another name first: a killed initdb must not look done); gives the password. */
async function initialise({ bin, dir, user }: Home, data: string): Promise<string> {
  const passwordFile = join(dir, 'password')
  if (existsSync(data)) {
    const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
    const have = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout.match(/\d+/)?.[0]
    if (have && made !== have)
      throw new Failure(
        `The data in ${dir} is of Postgres ${made}; this is ${have}.`,
        'Remove the folder: its data can be made again.',
      )
    return readFileSync(passwordFile, 'utf8')
  }

  const password = randomBytes(24).toString('hex')
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) chownSync(passwordFile, user.uid, user.gid)

  const half = `${data}.tmp`
  rmSync(half, { recursive: true, force: true })
  const options = [
    ...[
      '-D',
      half,
      '-U',
      SUPERUSER,
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
    ],
    ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', '--no-instructions'],
  ]
  await promisify(execFile)(join(bin, 'initdb'), options, asUser(user)).catch((error: Error & { stderr?: string }) => {
    throw startFailure(data, error.stderr?.trim() || error.message)
  })
  renameSync(half, data)
  return password
}

/** Stops a server that an earlier, killed process left on the same data; drops a pid file that points nowhere. */
async function endOrphan(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  if (!isAlive(pid) || !commandLine(pid).includes(`-D ${realpathSync(data)} `)) return rmSync(pidFile, { force: true })

  const owner = Number(commandLine(pid).match(/xmonitor\.owner=(\d+)/)?.[1])
  if (owner && owner !== process.pid && isAlive(owner) && commandLine(owner).includes('node'))
    throw new Failure(`Process ${owner} is running Postgres on ${data}.`, 'Stop it first, or work with what it serves.')
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    process.kill(pid, signal)
    if (await waitUntilGone(pid, 5000)) return rmSync(pidFile, { force: true })
  }
}

function launch({ bin, dir, user }: Home, data: string, port: number, settings: Record<string, string>): ChildProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Found again by endOrphan: whose server it is.
    'xmonitor.owner': String(process.pid),
    ...settings,
  }
  const args = ['-D', realpathSync(data), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const logFile = join(dir, 'log')
  rmSync(logFile, { force: true })
  const log = openSync(logFile, 'a', 0o600)
  if (user) chownSync(logFile, user.uid, user.gid)
  const server = spawn('/bin/sh', ['-c', RUN_UNTIL_PARENT_ENDS, 'sh', join(bin, 'postgres'), ...args], {
    ...asUser(user),
    // Its own process group: Ctrl-C goes to this process alone, which then stops the server in order.
    detached: true,
    stdio: ['pipe', log, log],
  })
  closeSync(log)
  return server
}

/** Waits until the server takes connections; what its log says when it ended instead. */
async function untilReady(server: ChildProcess, data: string, logFile: string): Promise<string | undefined> {
  const pidFile = join(data, 'postmaster.pid')
  for (const end = Date.now() + START_SECONDS * 1000; Date.now() < end; await sleep(10)) {
    if (server.exitCode !== null || server.signalCode !== null) return readFileSync(logFile, 'utf8').trim()
    if (!existsSync(pidFile)) continue
    // The last line of its pid file tells the state; this is what pg_ctl waits for, too.
    const lines = readFileSync(pidFile, 'utf8').trimEnd().split('\n')
    if (Number(lines[0]) === server.pid && lines.at(-1)!.trim() === 'ready') return
  }
  server.kill('SIGQUIT')
  return `It was not ready after ${START_SECONDS} seconds.`
}

function stopper(server: ChildProcess): () => Promise<void> {
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  // Neither the server nor its pipe keeps this process alive: a script that forgets stop() still ends.
  server.unref()
  const pipe = server.stdin as unknown as { unref: () => void } & NodeJS.WritableStream
  pipe.unref()
  pipe.on('error', () => {})
  return async () => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.ref()
    server.kill('SIGINT')
    await gone
    pipe.end()
  }
}

function asUser(user: ServerUser | undefined) {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  return user ? { ...user, env, cwd: '/' } : { env, cwd: '/' }
}

function startFailure(data: string, trouble: string): Failure {
  const last = trouble.split('\n').slice(-4).join('\n  ')
  const owner = existsSync(data) ? ` (owned by user ${lstatSync(data).uid})` : ''
  return new Failure(
    `Postgres did not start on ${data}${owner}:\n  ${last}`,
    'If its data is broken, remove that folder: it can be made again.',
  )
}
