import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../errors.ts'
import { freePort } from '../processes.ts'

const INFRA = resolve(import.meta.dirname, '../../../infra')
const START_MS = 10_000

/** nginx in front of an API, with the configuration of the container. */
export type Nginx = {
  url: string
  port: number
  /** Its output, stdout and stderr. */
  log(): string
  stop(): Promise<void>
}

type Options = {
  /** The URL of PostgREST, or of its stand-in: http://127.0.0.1:3000. */
  api: string
  /** The folder of the built page. */
  page: string
  isPrivate?: boolean
  /** More replacements in the configuration; the bench switches the cache off this way. */
  change?: Record<string, string>
}

/** Why nginx cannot run on this machine; undefined when it can. */
export function whyNoNginx(): string | undefined {
  const found = spawnSync('nginx', ['-V'], { encoding: 'utf8' })
  if (found.error) return 'nginx is not installed (Debian: apt-get install nginx libnginx-mod-http-js)'
  const modules = /--modules-path=(\S+)/.exec(found.stderr)?.[1] ?? '/usr/lib/nginx/modules'
  if (!existsSync(join(modules, 'ngx_http_js_module.so'))) return 'nginx lacks njs (Debian: libnginx-mod-http-js)'
  return undefined
}

/** Runs nginx on a free port of 127.0.0.1. All its files are in one folder, which stop() removes. */
export async function startNginx({ api, page, isPrivate = false, change = {} }: Options): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-nginx-'))
  const port = await freePort(undefined, () => {})
  const file = writeConfiguration({ api, page, folder, port, change })
  const logFile = join(folder, 'log')
  const log = openSync(logFile, 'a')

  const args = process.getuid?.() === 0 ? ['-g', 'user root;'] : []
  const child = spawn('nginx', ['-e', 'stderr', '-c', file, ...args], {
    stdio: ['ignore', log, log],
    env: { ...process.env, PGRST_DB_ANON_ROLE: isPrivate ? 'web_closed' : 'web_anon' },
  })
  // Otherwise it would outlive a process that crashes.
  const kill = () => void child.kill()
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }

  for (const end = Date.now() + START_MS; !(await answers(port)); await sleep(20)) {
    if (child.exitCode === null && Date.now() < end) continue
    const output = readFileSync(logFile, 'utf8').trim()
    await stop()
    throw new Failure(`nginx did not start: ${output || 'no output'}`, 'Check infra/nginx/nginx.conf.')
  }
  return { url: `http://127.0.0.1:${port}`, port, log: () => readFileSync(logFile, 'utf8'), stop }
}

/** The container's configuration with the paths of this machine. Each text to replace must be there: none goes out of use unnoticed. */
function writeConfiguration(to: { folder: string; port: number } & Required<Omit<Options, 'isPrivate'>>): string {
  const api = new URL(to.api)
  const replacements: Record<string, string> = {
    '/var/cache/nginx': to.folder,
    '/var/lib/nginx': to.folder,
    '/etc/xmonitor/edge': join(INFRA, 'edge'),
    '/srv/web/dist': resolve(to.page),
    'access_log /dev/stdout brief': `access_log ${join(to.folder, 'log')} brief`,
    'listen 8080': `listen 127.0.0.1:${to.port}`,
    // `resolve` is newer than Debian's nginx, and there is nothing to resolve here.
    'server postgrest:3000 resolve': `server ${api.host}`,
    'http://postgrest$edge_target': `http://postgrest${api.pathname.replace(/\/$/, '')}$edge_target`,
    ...to.change,
  }
  cpSync(join(INFRA, 'nginx'), to.folder, { recursive: true })
  const file = join(to.folder, 'nginx.conf')
  let configuration = readFileSync(file, 'utf8')
  for (const [text, replacement] of Object.entries(replacements)) {
    if (!configuration.includes(text)) throw new Error(`infra/nginx/nginx.conf has no '${text}'`)
    configuration = configuration.replaceAll(text, replacement)
  }
  writeFileSync(file, configuration)
  return file
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((done) => child.once('exit', done))
  child.kill()
  await Promise.race([exit, sleep(5000).then(() => child.kill('SIGKILL'))])
}
