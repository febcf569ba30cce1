import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'pg-connection-string'
import { Failure } from '../errors.ts'

/** libpq's connection parameters that XMonitor supports, each with the variable that gives its default. */
const VARIABLES = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  service: 'PGSERVICE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
} as const

type Parameter = keyof typeof VARIABLES

export type Parameters = Partial<Record<Parameter, string>>

/** Accepted without effect: tuning, what every connection of XMonitor has anyway, and what other clients read. */
const WITHOUT_EFFECT = [
  ...['application_name', 'fallback_application_name', 'client_encoding', 'load_balance_hosts', 'target_session_attrs'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...['gssencmode', 'sslcertmode', 'sslcompression', 'sslnegotiation', 'sslsni'],
  ...['connection_limit', 'pgbouncer', 'pool_timeout', 'schema', 'statement_cache_size', 'uselibpqcompat'],
]

/** The parameters of the URL, of its service and of the environment; the first that has one decides, as in libpq. */
export function readParameters(url: string | undefined, env: NodeJS.ProcessEnv): Parameters {
  const given = url ? parseUrl(url) : {}
  const defaults: Parameters = {}
  for (const [name, variable] of Object.entries(VARIABLES))
    if (env[variable]) defaults[name as Parameter] = env[variable]
  const service = given.service ?? defaults.service
  return { ...defaults, ...(service && readService(service, env)), ...given }
}

function parseUrl(url: string): Parameters {
  const [address = '', query = ''] = url.split(/\?(.*)/s)
  let pairs: [name: string, value: string | null | undefined][]
  try {
    if (!/^postgres(ql)?:\/\//.test(address)) throw new TypeError('another scheme')
    const { host, port, database, user, password } = parse(address)
    pairs = Object.entries({ host, port, dbname: database, user, password })
    // As libpq decodes them: a + stays a +.
    for (const pair of query.split('&').filter(Boolean)) {
      if (!/^\w+(=|$)/.test(pair)) throw new TypeError('the query is a part of the password')
      pairs.push(pair.split(/=(.*)/s).slice(0, 2).map(decodeURIComponent) as [string, string])
    }
  } catch {
    // The parser's message may repeat the password.
    const next =
      'Use postgres://USER:PASSWORD@HOST:5432/DATABASE. In the password, # is %23, / is %2F, ? is %3F and @ is %40.'
    throw new Failure('DATABASE_URL is not a Postgres URL.', next, 2)
  }
  return supported(pairs, 'DATABASE_URL')
}

/** Reads a section of a connection service file: https://www.postgresql.org/docs/17/libpq-pgservice.html */
function readService(service: string, env: NodeJS.ProcessEnv): Parameters {
  const files = [
    env.PGSERVICEFILE || join(homedir(), '.pg_service.conf'),
    join(env.PGSYSCONFDIR || '/etc/postgresql-common', 'pg_service.conf'),
  ]
  for (const file of files.filter((name) => existsSync(name))) {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
    const start = lines.indexOf(`[${service}]`)
    if (start < 0) continue
    const rest = lines.slice(start + 1)
    const end = rest.findIndex((line) => line.startsWith('['))
    const settings = rest.slice(0, end < 0 ? undefined : end).filter((line) => line && !line.startsWith('#'))
    return supported(
      settings.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
      file,
    )
  }
  throw new Failure(
    `The service '${service}' is not in ${files.join(' or ')}.`,
    'Correct PGSERVICE or DATABASE_URL.',
    2,
  )
}

/** Refuses a misspelt parameter, and those whose protection XMonitor could not give. */
function supported(pairs: [name: string, value: string | null | undefined][], origin: string): Parameters {
  const parameters: Parameters = {}
  for (const [name, value] of pairs) {
    if (name in VARIABLES) {
      if (value) parameters[name as Parameter] = value
    } else if (!WITHOUT_EFFECT.includes(name)) {
      const next = `Remove or correct it. Supported: ${Object.keys(VARIABLES).join(', ')}.`
      throw new Failure(`${origin} has the unsupported parameter '${name}'.`, next, 2)
    }
  }
  return parameters
}
