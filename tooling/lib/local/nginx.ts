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

/** The local nginx in front of an API, with the very configuration of the container. */
export type Nginx = {
  url: string
  port: number
  /** What it wrote to stdout and stderr. */
  log(): string
  stop(): Promise<void>
}

type Options = {
  /** Where PostgREST, or what stands in for it, answers: http://127.0.0.1:3000. */
  api: string
  /** The folder of the built page. */
  page: string
  /** Other places of the text to change, as the bench does to leave the cache out. */
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

/** Runs nginx on a free port of 127.0.0.1, with all its files in a folder of its own that stop() removes. */
export async function startNginx({ api, page, change = {} }: Options): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-nginx-'))
  const port = await freePort(undefined, () => {})
  const file = writeConfiguration({ api, page, folder, port, change })
  const logFile = join(folder, 'log')
  const log = openSync(logFile, 'a')

  const args = process.getuid?.() === 0 ? ['-g', 'user root;'] : []
  const child = spawn('nginx', ['-e', 'stderr', '-c', file, ...args], { stdio: ['ignore', log, log] })
  // It would outlive a process that crashes.
  const kill = () => void child.kill()
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }

  for (const end = Date.now() + START_MS; !(await answers(port)); await sleep(20)) {
    if (child.exitCode === null && Date.now() < end) continue
    const said = readFileSync(logFile, 'utf8').trim()
    await stop()
    throw new Failure(`nginx did not start: ${said}`, 'Look at infra/nginx/nginx.conf.')
  }
  return { url: `http://127.0.0.1:${port}`, port, log: () => readFileSync(logFile, 'utf8'), stop }
}

/** The container's configuration with this machine's places in it; each must be there, so that none is forgotten. */
function writeConfiguration(to: { folder: string; port: number } & Required<Options>): string {
  const api = new URL(to.api)
  const places: Record<string, string> = {
    '/var/cache/nginx': to.folder,
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
  let text = readFileSync(file, 'utf8')
  for (const [here, there] of Object.entries(places)) {
    if (!text.includes(here)) throw new Error(`infra/nginx/nginx.conf has no '${here}'`)
    text = text.replaceAll(here, there)
  }
  writeFileSync(file, text)
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
