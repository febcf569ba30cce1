import { createHash, randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareEngine } from '../api/engine.ts'
import { withWriteErrors } from '../files.ts'
import { migrate } from '../move/migrate.ts'
import { progress, step } from '../output.ts'
import { startPostgres } from '../postgres/embedded.ts'
import { writeDemo } from '../samples/demo.ts'
import { buildPage } from './page-build.ts'
import { startServer } from './server.ts'

type Options = {
  /** The monitor's SQLite file; without it the invented posts. */
  source: string | undefined
  /** Where Postgres, the move and the secret are kept. */
  data: string
  port: number
  verbose: boolean
  /** Called with what ends each thing that was started, right after it was. */
  started: (stop: () => Promise<void>) => void
}

/** Everything on this machine, in one process: Postgres, the move of the source, the API and the page. */
export async function startLocal({ source, data, port, verbose, started }: Options) {
  withWriteErrors(data, () => {
    mkdirSync(data, { recursive: true })
    accessSync(data, constants.W_OK)
  })
  prepareEngine()
  const page = buildPage(progress)
  // It is waited for below; until then a failure must not count as unhandled.
  page.catch(() => {})

  const file = source ?? demoFile(data)
  const postgres = await step(['Starting', 'Started'], 'Postgres', () => startPostgres({ dir: join(data, 'postgres') }))
  started(postgres.stop)
  const databaseUrl = databaseFor(postgres.url, source)
  // What the commands of the move read; the file is for those who run them beside this.
  process.env.DATABASE_URL = databaseUrl
  writeFileSync(join(data, 'database-url'), `${databaseUrl}\n`, { mode: 0o600 })

  const report = await migrate({ source: file, out: join(data, 'move') })

  const server = await startServer({ databaseUrl, port, verbose, page: await page, jwtSecret: jwtSecret(data) })
  started(server.stop)
  return { url: server.url, engine: server.engine.name, source: file, report }
}

/** A database for each source: posts of one do not mix with posts of another. */
function databaseFor(url: string, source: string | undefined): string {
  const named = new URL(url)
  const path = source && existsSync(source) ? realpathSync(source) : source
  // The invented posts move with the calendar: those of another day are not in today's file.
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  named.pathname = path
    ? `/xmonitor_${createHash('sha256').update(path).digest('hex').slice(0, 12)}`
    : `/xmonitor_demo_${today}`
  return named.href
}

function demoFile(data: string): string {
  const file = join(data, 'demo.db')
  writeDemo(file)
  return file
}

/** What tokens are signed and checked with: PGRST_JWT_SECRET, else one of this folder's own, made once. */
function jwtSecret(data: string): string {
  if (process.env.PGRST_JWT_SECRET) return process.env.PGRST_JWT_SECRET
  const file = join(data, 'jwt-secret')
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}
