import { AsyncLocalStorage } from 'node:async_hooks'
import { PostgresConnection } from '@supabase/lite/postgres'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { databaseAway, errorResponse } from '../errors.ts'
import type { Identity } from './check-token.ts'
import { getTypeParser } from './exact-values.ts'
import { openApi } from './openapi.ts'
import { isAway, isPostgresError, postgresErrorResponse } from './postgres-errors.ts'

/** One request on its way through the stand-in: what PostgREST tells SQL about it, and what SQL answers besides rows. */
export type Call = {
  identity: Identity
  asAnonymous: boolean
  method: string
  path: string
  headers: Record<string, string>
  cookies: Record<string, string>
  catalog: Catalog
  responseHeaders?: string
  responseStatus?: string
}

export type Catalog = Awaited<ReturnType<PostgresConnection['introspect']>>

type Work<T> = Parameters<typeof PostgresConnection.prototype.withContext<T>>[1]
type Executor = Parameters<Work<unknown>>[0]

export const calls = new AsyncLocalStorage<Call>()

type Options = {
  /** For authenticator. */
  url: string
  /** For the owner of the objects. */
  ownerUrl: string
  schema: string
  searchPath: string
  preRequest: string | undefined
  /** Of each transaction: app.settings.NAME. */
  appSettings: [name: string, value: string][]
  pool: number
}

/** The stand-in's connection, with PostgREST's roles, settings and transactions instead of Supabase's. */
export class StandInConnection extends PostgresConnection {
  #options: Options
  #owner: PostgresConnection
  #catalog: Promise<Catalog> | undefined
  #roleSettings = new Map<string, [name: string, value: string][]>()

  constructor(options: Options) {
    super({ url: options.url })
    this.kysely = pooled(options.url, options.pool)
    this.#options = options
    this.#owner = new PostgresConnection({ url: options.ownerUrl })
    this.#owner.kysely = pooled(options.ownerUrl, 1)
  }

  /** Read as the owner: the stand-in reads information_schema, which shows a role only its own objects. */
  override introspect(): Promise<Catalog> {
    // The same catalog from the beginning of a request to its end.
    const read = calls.getStore()?.catalog
    if (read) return Promise.resolve(read)
    this.#catalog ??= this.#readCatalog().catch((error) => {
      this.#catalog = undefined
      throw error
    })
    return this.#catalog
  }

  /** The catalog is read again: after `notify pgrst`, and after the database was away. */
  forgetCatalog(): void {
    this.#catalog = undefined
  }

  /** PostgREST's root, which the stand-in does not have. */
  openApi(role: string): Promise<object> {
    return openApi((text, parameters) => query(this.#owner.kysely, text, parameters), this.#options.schema, role)
  }

  /**
   * Runs each request in one transaction, as its role, with its settings, after the pre-request function. The stand-in itself
   * would use other roles and no settings, and grant those roles everything once a table has row security.
   */
  override async withContext<T>(_vars: unknown, work: Work<T>, options?: { rpc?: unknown }): Promise<T> {
    const call = calls.getStore()!
    try {
      return await this.kysely.transaction().execute(async (transaction) => {
        await this.#begin(transaction, call)
        const answer = await work(transaction)
        if (answer instanceof Response && answer.status >= 400) throw new Refused(answer)
        // For a function the stand-in reads this itself.
        if (!options?.rpc) Object.assign(call, (await query(transaction, RESPONSE))[0])
        return answer
      })
    } catch (error) {
      if (error instanceof Refused) return error.answer as T
      // Returned, not thrown: the stand-in would print it, and it knows fewer codes.
      if (isPostgresError(error)) return postgresErrorResponse(error, call.asAnonymous) as T
      if (isAway(error)) return databaseAway(error.message) as T
      throw error
    }
  }

  /** Called with what @supabase/lite is about to print with its stack trace: a filter that cannot be parsed is answered instead. */
  override normalizeDbError(error: Error): unknown {
    if (!error.message.startsWith('"failed to parse')) return error
    const answer = errorResponse(400, { code: 'PGRST100', message: error.message, details: null, hint: null })
    throw Object.assign(error, { getResponse: () => answer })
  }

  override async close(): Promise<void> {
    await Promise.all([this.kysely.destroy(), this.#owner.kysely.destroy()])
  }

  async #readCatalog(): Promise<Catalog> {
    // First, because of its errors: the stand-in's own query prints and swallows them.
    const roles = await query<{ rolname: string; rolconfig: string[] }>(
      this.#owner.kysely,
      'select rolname, rolconfig from pg_roles where rolconfig is not null',
    )
    this.#roleSettings = new Map(roles.map(({ rolname, rolconfig }) => [rolname, rolconfig.map(splitSetting)]))
    const catalog = await this.#owner.introspect()
    if (!catalog.views.length && !catalog.tables.length) throw new NoCatalog()
    return catalog
  }

  async #begin(transaction: Executor, { identity, method, path, headers, cookies }: Call): Promise<void> {
    const settings: [name: string, value: string][] = [
      ['search_path', this.#options.searchPath],
      ['role', identity.role],
      ...(this.#roleSettings.get(identity.role) ?? []),
      ['request.jwt.claims', JSON.stringify(identity.claims)],
      ['request.method', method],
      ['request.path', path],
      ['request.headers', JSON.stringify(headers)],
      ['request.cookies', JSON.stringify(cookies)],
      ...this.#options.appSettings,
    ]
    if (method === 'GET' || method === 'HEAD') settings.push(['transaction_read_only', 'on'])
    const list = settings.map((_, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, true)`)
    await query(transaction, `select ${list.join(', ')}`, settings.flat())
    if (this.#options.preRequest) await query(transaction, `select ${this.#options.preRequest}()`)
  }
}

/**
 * Replaces the driver that comes with PostgresConnection, which then never connects: after a lost connection, postgres.js
 * writes the rollback to a closed socket, which throws outside any promise and ends the process.
 */
function pooled(connectionString: string, max: number): PostgresConnection['kysely'] {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: 'stand-in',
    connectionTimeoutMillis: 5000,
    options: '-c timezone=UTC',
    types: { getTypeParser },
  })
  // The statement in progress fails anyway; without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  return new Kysely({ dialect: new PostgresDialect({ pool }) })
}

const RESPONSE = `select
  current_setting('response.headers', true) as "responseHeaders",
  current_setting('response.status', true) as "responseStatus"`

/** The catalog could not be read, or is empty. */
export class NoCatalog extends Error {}

/** An answer that refuses: thrown to roll back the transaction, caught right outside it. */
class Refused extends Error {
  constructor(readonly answer: Response) {
    super()
  }
}

async function query<Row = Record<string, string>>(executor: Executor, text: string, parameters: unknown[] = []) {
  const compiled = { sql: text, parameters, query: { kind: 'RawNode' }, queryId: { queryId: 'stand-in' } }
  const { rows } = await executor.executeQuery(compiled as unknown as Parameters<Executor['executeQuery']>[0])
  return rows as Row[]
}

/** A role's setting in the catalog is 'name=value'. */
function splitSetting(setting: string): [name: string, value: string] {
  const at = setting.indexOf('=')
  return [setting.slice(0, at), setting.slice(at + 1)]
}
