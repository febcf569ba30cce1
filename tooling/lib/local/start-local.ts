import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { prepareEngine } from '../api/engine.ts'
import { readerLink } from '../api/reader-link.ts'
import { Failure } from '../errors.ts'
import { withWriteErrors, writeText } from '../files.ts'
import { migrate } from '../move/migrate.ts'
import { openSource } from '../move/sqlite.ts'
import { progress, step } from '../output.ts'
import { findOwner, removePostgres, startPostgres } from '../postgres/embedded.ts'
import { writeDemo } from '../samples/demo.ts'
import { followLocal } from './follow-local.ts'
import { jwtSecret } from './jwt-secret.ts'
import { buildPage, PAGE } from './page-build.ts'
import { startServer } from './server.ts'

type Options = {
  /** The monitor's SQLite file; without one, the demo posts. */
  source: string | undefined
  /** The folder for Postgres, the files of the move and the secret. */
  data: string
  port: number
  verbose: boolean
  /** Reading needs a token. */
  isPrivate?: boolean
  /** Remove the data of earlier starts first. */
  fresh?: boolean
  /** Sends what changes in the source afterwards. */
  follow?: boolean
  /** Called right after something was started, with a function that stops it. */
  started: (stop: () => Promise<void>) => void
  /** Called when Postgres ends while everything runs; before that, an error is thrown. */
  lost?: (failure: Failure) => void
}

/** Runs everything in one process: Postgres, the move of the source, the API and the page. */
export async function startLocal(options: Options) {
  const { source, data, port, verbose, isPrivate = false, fresh = false, follow = false, started, lost } = options
  if (source !== undefined) openSource(source).close()
  withWriteErrors(data, () => {
    // As root, the user of Postgres has to pass through it.
    mkdirSync(data, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    accessSync(data, constants.W_OK)
  })
  refuseSecondStart(data)
  if (fresh) await removeData(data)
  prepareEngine()
  const built = buildPage(progress)
  // Awaited below; until then a failure must not count as unhandled.
  built.catch(() => {})

  const file = source ?? demoFile(data)
  const postgres = await step(['Starting', 'Started'], 'Postgres', () => startPostgres({ dir: join(data, 'postgres') }))
  started(postgres.stop)
  const databaseUrl = databaseFor(postgres.url, source)
  // Read by the steps of the move; the file is for commands in another terminal.
  process.env.DATABASE_URL = databaseUrl
  writeText(join(data, 'database-url'), `${databaseUrl}\n`)

  const report = await migrate({ source: file, out: join(data, 'move') })

  const secret = jwtSecret(data)
  const server = await startServer({
    databaseUrl,
    port,
    verbose,
    isPrivate,
    page: PAGE,
    jwtSecret: secret,
  })
  started(server.stop)
  writeText(join(data, 'url'), `${server.url}\n`)
  const database = new URL(databaseUrl).pathname.slice(1)
  if (follow) started(followLocal({ source: realpathSync(file), url: server.url, secret, data, database }))
  void postgres.lost.then((failure) => lost?.(failure))
  // The API answers already; the address of the page is printed when there is a page.
  await built
  const { url, engine, isClosed } = server
  const page = isClosed ? (await readerLink(url, { role: 'reader', ttl: '30d', secret })).link : `${url}/`
  return { url, page, engine: engine.name, source: file, isDemo: source === undefined, data, report }
}

function refuseSecondStart(data: string): void {
  const file = join(data, 'url')
  const owner = findOwner(join(data, 'postgres'))
  if (owner === undefined) {
    // What an earlier start left: this one has no address yet.
    rmSync(file, { force: true })
    return
  }
  const address = existsSync(file) ? ` and serves ${readFileSync(file, 'utf8').trim()}` : ''
  throw new Failure(
    `Another npm start (process ${owner}) uses ${data}${address}.`,
    `Stop it with Ctrl-C in its terminal or with: kill ${owner}. To run both, use another folder: npm start -- --data FOLDER`,
  )
}

/** What earlier starts wrote, and nothing else: the folder may be anybody's. */
async function removeData(data: string): Promise<void> {
  await removePostgres(join(data, 'postgres'))
  for (const name of ['move', 'follow', 'demo.db', 'database-url', 'url', 'jwt-secret'])
    rmSync(join(data, name), { recursive: true, force: true })
}

/** Each source has its own database: posts of two sources do not mix. */
function databaseFor(url: string, source: string | undefined): string {
  const named = new URL(url)
  const path = source && existsSync(source) ? realpathSync(source) : source
  // The demo moves with the calendar: yesterday's posts are not in today's file.
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
