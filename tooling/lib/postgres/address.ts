import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import pgpass from 'pgpass'
import { Failure } from '../errors.ts'
import { readParameters } from './parameters.ts'
import { readTls, type Tls, tlsOptions } from './tls.ts'

/** Where a database is and how to connect to it: read once, and the same for pg and dbmate. */
export type Address = {
  /** A name, an IP address, or the folder of a Unix socket. */
  host: string
  /** The IP address to use instead of looking the host up. */
  hostaddr: string | undefined
  port: number
  database: string
  user: string
  password: string | undefined
  tls: Tls
  channelBinding: boolean
  timeoutSeconds: number
  /** Command-line options for the server's session. */
  options: string | undefined
}

const DEFAULT_PORT = 5432
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp']
const TIMEOUT_SECONDS = 10

/** Reads DATABASE_URL and libpq's variables, by libpq's rules: https://www.postgresql.org/docs/17/libpq-connect.html */
export async function readAddress(env: NodeJS.ProcessEnv = process.env): Promise<Address> {
  const configured = env.DATABASE_URL || env.PGHOST || env.PGHOSTADDR || env.PGDATABASE || env.PGSERVICE
  if (!configured) {
    const next = 'Set DATABASE_URL (or PGHOST, PGDATABASE, PGUSER, PGPASSWORD), or copy .env.example to .env.'
    throw new Failure('No database configured.', next, 2)
  }
  const parameters = readParameters(env.DATABASE_URL, env)
  const port = readPort(parameters.port)
  const host = parameters.host ?? parameters.hostaddr ?? defaultHost(port)
  if (host.includes(',')) throw new Failure('DATABASE_URL names several hosts.', 'Give one, the primary.', 2)
  const user = parameters.user ?? userInfo().username
  const database = parameters.dbname ?? (env.DATABASE_URL ? undefined : user)
  if (!database) {
    throw new Failure('DATABASE_URL does not name a database.', 'Use postgres://USER:PASSWORD@HOST:5432/DATABASE.', 2)
  }
  return {
    host,
    hostaddr: parameters.hostaddr,
    port,
    database,
    user,
    password: parameters.password ?? (await passwordFromFile({ host, port, database, user })),
    tls: readTls(parameters, isSocket(host)),
    channelBinding: parameters.channel_binding === 'require' || parameters.channel_binding === 'prefer',
    timeoutSeconds: Number(parameters.connect_timeout) || TIMEOUT_SECONDS,
    options: parameters.options,
  }
}

/** The address that a URL alone gives, whatever the environment says. */
export function parseAddress(url: string): Promise<Address> {
  return readAddress({ DATABASE_URL: url })
}

/** How pg connects; every field that it would else take from the environment is set. */
export function clientConfig(address: Address): pg.ClientConfig {
  const { host, hostaddr, port, database, user, password, tls, channelBinding, timeoutSeconds, options } = address
  return {
    host: hostaddr ?? host,
    port,
    database,
    user,
    // As a function: for an empty password pg would look further itself.
    password: () => password ?? '',
    ssl: tlsOptions(tls, hostaddr && host),
    ...(options && { options }),
    enableChannelBinding: channelBinding,
    connectionTimeoutMillis: timeoutSeconds * 1000,
    keepAlive: true,
    application_name: 'xmonitor',
  }
}

/** How dbmate connects. `settings` are the server's, for its session. */
export function dbmateUrl(address: Address, settings: Record<string, string> = {}): string {
  const { host, hostaddr, port, database, user, password, tls, timeoutSeconds, options } = address
  const login = [user, ...(password ? [password] : [])].map(encodeURIComponent).join(':')
  // A host as a parameter may be a socket's folder or an IPv6 address.
  const parameters = {
    host,
    hostaddr,
    sslmode: tls.mode,
    sslrootcert: tls.rootCert,
    sslcert: tls.cert,
    sslkey: tls.key,
    connect_timeout: String(timeoutSeconds),
    application_name: 'xmonitor',
    options,
    ...settings,
  }
  const query = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  return `postgres://${login}@localhost:${port}/${encodeURIComponent(database)}?${query.join('&')}`
}

/** For people: 'xmonitor on db.example:5432'. */
export function describeAddress({ database, host, hostaddr, port }: Address): string {
  const address = hostaddr && hostaddr !== host ? `${host} (${hostaddr})` : host
  return `${database} on ${address.includes(':') ? `[${address}]` : address}:${port}`
}

function readPort(text: string | undefined): number {
  const port = text === undefined ? DEFAULT_PORT : Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Failure(`Invalid port '${text}'.`, 'Give one port from 1 to 65535.', 2)
}

function defaultHost(port: number): string {
  return SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost'
}

function isSocket(host: string): boolean {
  return host.startsWith('/')
}

/** libpq's password file knows a default socket as localhost. */
function passwordFromFile(connection: { host: string; port: number; database: string; user: string }) {
  const host = SOCKET_FOLDERS.includes(connection.host) ? 'localhost' : connection.host
  return new Promise<string | undefined>((resolve) => pgpass({ ...connection, host }, resolve))
}
