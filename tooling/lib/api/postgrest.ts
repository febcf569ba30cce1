import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../errors.ts'
import { authenticatorUrl } from '../postgres/authenticator.ts'
import { freePort, spawnTied } from '../processes.ts'
import { databaseAway } from './errors.ts'
import { postgrestSettings } from './postgrest-settings.ts'

type Options = { databaseUrl: string; jwtSecret: string | undefined; settings?: Record<string, string> }
type Running = { url: string; fetch: (request: Request) => Promise<Response>; stop: () => Promise<void> }

const START_SECONDS = 20
/** After SIGTERM PostgREST waits for the requests in progress. */
const STOP_MILLISECONDS = 2000

/** Apply to one connection only, or were acted on already: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const NOT_FORWARDED = [
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * Runs the postgrest program on free ports of 127.0.0.1, and waits until it is ready. It ends with this process. Only what this
 * process forwards is answered: other users of the machine, and pages in a browser, reach the port too.
 */
export async function startPostgrest(program: string, options: Options): Promise<Running> {
  const { databaseUrl, jwtSecret, settings = postgrestSettings() } = options
  const [port, adminPort, url] = [await freePort(), await freePort(), await authenticatorUrl(databaseUrl)]
  const edgeKey = randomBytes(16).toString('hex')
  const env = {
    PATH: process.env.PATH,
    ...settings,
    PGRST_DB_URI: url,
    PGRST_SERVER_HOST: '127.0.0.1',
    PGRST_SERVER_PORT: String(port),
    PGRST_ADMIN_SERVER_PORT: String(adminPort),
    PGRST_APP_SETTINGS_EDGE_KEY: [edgeKey, settings.PGRST_APP_SETTINGS_EDGE_KEY ?? ''].join(' '),
    ...(jwtSecret && { PGRST_JWT_SECRET: jwtSecret }),
  }
  const child = spawnTied('KILL', program, [], { env, stdio: ['pipe', 'ignore', 'pipe'] })
  let log = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000)
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill()
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS)
    await exited
    clearTimeout(timer)
  }

  for (const end = Date.now() + START_SECONDS * 1000; !(await isReady(adminPort)); await sleep(50)) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < end) continue
    await stop()
    throw new Failure(
      `${program} did not start:\n  ${log.trim() || 'no output'}`,
      'Check POSTGREST_BIN and infra/postgrest.env.',
    )
  }
  const base = `http://127.0.0.1:${port}`
  return { url: base, fetch: forwardTo(base, edgeKey), stop }
}

/** Passes requests on unchanged, but for the key that tells PostgREST where they come from. */
export function forwardTo(base: string, edgeKey?: string): Running['fetch'] {
  return async (request) => {
    const { pathname, search } = new URL(request.url)
    const headers = new Headers(request.headers)
    for (const name of NOT_FORWARDED) headers.delete(name)
    if (edgeKey) headers.set('x-xmonitor-edge', edgeKey)
    const { method, body } = request
    const init = { method, headers, body, redirect: 'manual', duplex: 'half' } as RequestInit
    try {
      return await fetch(base + pathname + search, init)
    } catch (error) {
      const { message, cause } = error as Error
      return databaseAway(`${base}: ${(cause as Error | undefined)?.message ?? message}`)
    }
  }
}

async function isReady(adminPort: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${adminPort}/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
}
