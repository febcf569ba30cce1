import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Failure } from '../errors.ts'
import { authenticatorUrl } from '../postgres/authenticator.ts'
import { forwardTo, startPostgrest } from './postgrest.ts'
import { postgrestSettings } from './postgrest-settings.ts'
import { MIN_SECRET } from './token.ts'

/** What answers the API's calls: PostgREST or its stand-in. Paths are PostgREST's: /feed, /rpc/feed. */
export type Engine = {
  kind: 'url' | 'binary' | 'stand-in'
  /** For people. */
  name: string
  fetch: (request: Request) => Promise<Response>
  stop: () => Promise<void>
}

type Options = {
  databaseUrl: string
  jwtSecret: string | undefined
  settings?: Record<string, string>
}

/** The first that is available: POSTGREST_URL, the program in POSTGREST_BIN, a postgrest on PATH, the development stand-in. */
export async function startEngine(options: Options): Promise<Engine> {
  if (options.jwtSecret !== undefined && options.jwtSecret.length < MIN_SECRET)
    throw new Failure(
      `PGRST_JWT_SECRET has ${options.jwtSecret.length} characters; PostgREST requires at least ${MIN_SECRET}.`,
      'Set a longer one (npm run setup:env generates one), or unset it.',
    )
  const { POSTGREST_URL, PGRST_APP_SETTINGS_EDGE_KEY: edgeKeys } = process.env
  if (POSTGREST_URL) {
    const url = POSTGREST_URL.replace(/\/$/, '')
    const fetch = forwardTo(url, edgeKeys?.split(' ')[0])
    return { kind: 'url', name: `PostgREST at ${url}`, fetch, stop: async () => {} }
  }
  const program = postgrestProgram()
  return program ? startProgram(program, options) : startStandIn(options)
}

/** Loads the stand-in ahead if it will be used: that takes a second, in which something else can go on. */
export function prepareEngine(): void {
  if (!process.env.POSTGREST_URL && !postgrestProgram()) import('./standin/standin.ts').catch(() => {})
}

function postgrestProgram(): string | undefined {
  return process.env.POSTGREST_BIN || onPath('postgrest')
}

async function startProgram(program: string, options: Options): Promise<Engine> {
  return { kind: 'binary', name: `PostgREST, ${program}`, ...(await startPostgrest(program, options)) }
}

async function startStandIn({ databaseUrl, jwtSecret, settings = postgrestSettings() }: Options): Promise<Engine> {
  const [standIn, url] = await Promise.all([import('./standin/standin.ts'), authenticatorUrl(databaseUrl)])
  const engine = standIn.startStandIn({ url, ownerUrl: databaseUrl, jwtSecret, settings })
  return { kind: 'stand-in', name: 'the development stand-in, @supabase/lite (no PostgREST found)', ...engine }
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
