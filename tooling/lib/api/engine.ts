import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../errors.ts'
import { authenticatorUrl } from '../postgres/authenticator.ts'
import { freePort } from '../processes.ts'
import { databaseAway } from './errors.ts'
import { postgrestSettings } from './postgrest-settings.ts'

/** What answers the API's calls: PostgREST, or what stands in for it. Paths are PostgREST's: /feed, /rpc/feed. */
export type Engine = {
  kind: 'url' | 'binary' | 'stand-in'
  /** In words, for the one who started it. */
  name: string
  fetch: (request: Request) => Promise<Response>
  stop: () => Promise<void>
}

type Options = { databaseUrl: string; jwtSecret: string | undefined }

const START_SECONDS = 20
const LEAST_SECRET = 32

/** The first there is of: POSTGREST_URL, the program in POSTGREST_BIN, a postgrest on PATH, the development stand-in. */
export async function startEngine(options: Options): Promise<Engine> {
  if (options.jwtSecret !== undefined && options.jwtSecret.length < LEAST_SECRET)
    throw new Failure(
      `PGRST_JWT_SECRET has ${options.jwtSecret.length} characters; PostgREST asks for ${LEAST_SECRET} or more.`,
      'Take a longer one (npm run setup:env makes one), or unset it.',
    )
  const { POSTGREST_URL } = process.env
  if (POSTGREST_URL) {
    const url = POSTGREST_URL.replace(/\/$/, '')
    return { kind: 'url', name: `PostgREST at ${url}`, fetch: forwardTo(url), stop: async () => {} }
  }
  const program = postgrestProgram()
  return program ? startBinary(program, options) : startStandIn(options)
}

/** Begins to load the stand-in, a second's work, if it is going to be the one: to be called while something else is waited for. */
export function prepareEngine(): void {
  if (!process.env.POSTGREST_URL && !postgrestProgram()) import('./standin/standin.ts').catch(() => {})
}

function postgrestProgram(): string | undefined {
  return process.env.POSTGREST_BIN || onPath('postgrest')
}

async function startStandIn({ databaseUrl, jwtSecret }: Options): Promise<Engine> {
  const [standIn, url] = await Promise.all([import('./standin/standin.ts'), authenticatorUrl(databaseUrl)])
  const engine = standIn.startStandIn({ url, ownerUrl: databaseUrl, jwtSecret, settings: postgrestSettings() })
  return { kind: 'stand-in', name: 'the development stand-in, @supabase/lite (no PostgREST was found)', ...engine }
}

async function startBinary(program: string, { databaseUrl, jwtSecret }: Options): Promise<Engine> {
  const [port, adminPort, url] = [await freePort(), await freePort(), await authenticatorUrl(databaseUrl)]
  const env = {
    PATH: process.env.PATH,
    ...postgrestSettings(),
    PGRST_DB_URI: url,
    PGRST_SERVER_HOST: '127.0.0.1',
    PGRST_SERVER_PORT: String(port),
    PGRST_ADMIN_SERVER_PORT: String(adminPort),
    ...(jwtSecret && { PGRST_JWT_SECRET: jwtSecret }),
  }
  const child = spawn(program, [], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', ({ message }) => {
      said += message
      resolve()
    })
  })
  const stop = async () => {
    process.off('exit', kill)
    child.kill()
    await gone
  }
  const kill = () => void child.kill()
  process.once('exit', kill)

  const ready = () =>
    fetch(`http://127.0.0.1:${adminPort}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  for (const end = Date.now() + START_SECONDS * 1000; !(await ready()); await sleep(50)) {
    if (child.exitCode === null && child.pid && Date.now() < end) continue
    await stop()
    throw new Failure(
      `${program} did not start:\n  ${said.trim() || 'it said nothing'}`,
      'Check POSTGREST_BIN and infra/postgrest.env.',
    )
  }
  return { kind: 'binary', name: `PostgREST, ${program}`, fetch: forwardTo(`http://127.0.0.1:${port}`), stop }
}

/** Hands a request on, as it is. */
function forwardTo(base: string): Engine['fetch'] {
  return async (request) => {
    const { pathname, search } = new URL(request.url)
    const headers = new Headers(request.headers)
    for (const name of ['host', 'connection', 'accept-encoding', 'content-length']) headers.delete(name)
    const init = {
      method: request.method,
      headers,
      body: request.body,
      redirect: 'manual',
      duplex: 'half',
    } as RequestInit
    try {
      return await fetch(base + pathname + search, init)
    } catch (error) {
      return databaseAway(
        `${base}: ${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message}`,
      )
    }
  }
}

function onPath(name: string): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
