import { existsSync } from 'node:fs'
import { Failure } from './errors.ts'

/** Reads .env of the current folder, as dbmate does; what is set already stays. */
export function loadEnvironment(): void {
  if (!existsSync('.env')) return
  try {
    process.loadEnvFile('.env')
  } catch (cause) {
    const next = 'Make it a file that you may read (cp .env.example .env), or remove it.'
    throw new Failure(`.env cannot be read: ${(cause as Error).message}`, next, 2, { cause })
  }
}

/** The address of the database: DATABASE_URL, else what PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD say. */
export function databaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  if (env.DATABASE_URL) {
    const url = URL.canParse(env.DATABASE_URL) ? new URL(env.DATABASE_URL) : undefined
    const isAddress = url && /^postgres(ql)?:$/.test(url.protocol)
    if (isAddress && url.pathname.length > 1) return env.DATABASE_URL
    const next = 'Write postgres://USER:PASSWORD@HOST:5432/DATABASE; in the password # is %23, / is %2F, @ is %40.'
    throw new Failure(
      isAddress ? 'DATABASE_URL names no database.' : 'DATABASE_URL is no address of a Postgres.',
      next,
      2,
    )
  }
  if (!env.PGHOST && !env.PGDATABASE) {
    const next = 'Set DATABASE_URL (or PGHOST, PGDATABASE, PGUSER, PGPASSWORD), or copy .env.example to .env.'
    throw new Failure('No database is named.', next, 2)
  }
  const user = encodeURIComponent(env.PGUSER ?? env.USER ?? 'postgres')
  const password = env.PGPASSWORD ? `:${encodeURIComponent(env.PGPASSWORD)}` : ''
  const database = encodeURIComponent(env.PGDATABASE ?? env.PGUSER ?? 'postgres')
  const host = env.PGHOST ?? '127.0.0.1'
  const port = env.PGPORT ?? '5432'
  const query = new URLSearchParams()
  if (env.PGSSLMODE) query.set('sslmode', env.PGSSLMODE)
  // A path is the folder of a Unix socket.
  if (host.startsWith('/')) {
    query.set('host', host)
    query.set('port', port)
  }
  const where = host.startsWith('/') ? 'localhost' : `${host.includes(':') ? `[${host}]` : host}:${port}`
  return `postgres://${user}${password}@${where}/${database}${query.size ? `?${query}` : ''}`
}
