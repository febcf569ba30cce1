import { App } from '@supabase/lite'
import { type ApiError, databaseAway, errorResponse } from '../errors.ts'
import { callBody } from './call-body.ts'
import { identify } from './check-token.ts'
import { type Call, type Catalog, calls, NoCatalog, StandInConnection } from './connection.ts'
import { csvOf } from './csv.ts'
import { withExactNumbers } from './exact-values.ts'
import { listen } from './listen.ts'
import { isAway, isPostgresError, noSchemaCache, postgresErrorResponse } from './postgres-errors.ts'
import { plainArguments, profileHeaders, quoteLongNumbers } from './request.ts'

export type StandIn = { fetch: (request: Request) => Promise<Response>; stop: () => Promise<void> }

type Options = {
  /** For authenticator, as PostgREST connects. */
  url: string
  /** For the owner; used only to read the catalog. */
  ownerUrl: string
  jwtSecret: string | undefined
  /** From infra/postgrest.env. */
  settings: Record<string, string>
}

type Rpc = NonNullable<Catalog['functions']>[number]

const MOUNT = '/rest/v1'
const KEY = 'local'
const JSON_TYPE = 'application/json'
const OPENAPI = 'application/openapi+json; charset=utf-8'

/**
 * PostgREST's stand-in for development: @supabase/lite behind an adapter that corrects what differs. Each difference
 * is a function or method named after it, in request.ts, connection.ts and exact-values.ts.
 */
export function startStandIn({ url, ownerUrl, jwtSecret, settings }: Options): StandIn {
  const schema = settings.PGRST_DB_SCHEMAS!.split(',')[0]!.trim()
  const anonymous = settings.PGRST_DB_ANON_ROLE!
  const pool = Number(settings.PGRST_DB_POOL ?? 10)
  const connection = new StandInConnection({
    url,
    ownerUrl,
    schema,
    searchPath: [schema, ...(settings.PGRST_DB_EXTRA_SEARCH_PATH ?? '').split(',').filter(Boolean)].join(', '),
    preRequest: settings.PGRST_DB_PRE_REQUEST,
    appSettings: appSettings(settings),
    pool,
  })
  const app = new App({
    connection,
    api: { enabled: true, schemas: [schema], max_rows: Number(settings.PGRST_DB_MAX_ROWS) || undefined },
    auth: { enabled: false },
    storage: { enabled: false },
    studio: { enabled: false },
    options: {
      server: {
        disableFallback: true,
        // Any role but `anon`, which it treats as no role at all: the claims are those of the request at hand.
        apiKeys: { resolver: async () => ({ type: 'publishable', claims: calls.getStore()!.identity.claims }) },
      },
    },
  } as unknown as ConstructorParameters<typeof App>[0])
  const stopListening = listen(url, settings.PGRST_DB_CHANNEL ?? 'pgrst', () => connection.forgetCatalog())

  return {
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      const identity = await identify(request.headers.get('authorization') ?? undefined, jwtSecret, anonymous)
      if (identity instanceof Response) return identity
      const sent = ['GET', 'HEAD'].includes(request.method) ? null : await request.text()
      // As in every HTTP request; a Request that was made here has none.
      const length = sent !== null && { 'content-length': String(Buffer.byteLength(sent)) }
      const headers: Record<string, string> = { ...Object.fromEntries(request.headers), ...length }
      try {
        const catalog = await connection.introspect()
        const cookies = cookiesOf(headers.cookie)
        const asAnonymous = identity.role === anonymous
        const call: Call = { identity, asAnonymous, method: request.method, path: pathname, headers, cookies, catalog }
        if (pathname === '/' && ['GET', 'HEAD'].includes(request.method))
          return Response.json(await connection.openApi(identity.role), { headers: { 'content-type': OPENAPI } })
        const unknown = unknownRelation(catalog, schema, pathname)
        if (unknown) return unknown
        const called = pathname.match(/^\/rpc\/([^/]+)$/)?.[1]
        const rpc = catalog.functions?.find((each) => each.schema === schema && each.name === called)
        const query = quoteLongNumbers(plainArguments(searchParams, rpc?.arg_names ?? []))
        const inner = innerRequest(request, sent, `${MOUNT}${pathname}?${query}`, schema, rpc)
        if (inner instanceof Response) return inner
        const asCsv = /^\s*text\/csv\b/i.test(headers.accept ?? '')
        if (asCsv) inner.headers.set('accept', 'application/json')
        const answer = await calls.run(call, () => app.fetch(inner))
        const relation = rpc ? rpc.return_type.replace(/^.*\./, '') : pathname.slice(1)
        return await finished(answer, call, searchParams, asCsv ? columnTypes(catalog, schema, relation) : undefined)
      } catch (error) {
        if (error instanceof NoCatalog) return noSchemaCache()
        if (isAway(error)) return databaseAway(error.message)
        if (isPostgresError(error)) return postgresErrorResponse(error, identity.role === anonymous)
        throw error
      }
    },
    async stop() {
      await stopListening()
      await connection.close()
    },
  }
}

/** https://docs.postgrest.org/en/v16/references/configuration.html#app-settings */
function appSettings(settings: Record<string, string>): [name: string, value: string][] {
  const prefix = 'PGRST_APP_SETTINGS_'
  return Object.entries(settings)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [`app.settings.${name.slice(prefix.length).toLowerCase()}`, value])
}

/** The stand-in gives the same answer, but prints each as an error of its own. */
function unknownRelation({ tables, views }: Catalog, schema: string, path: string): Response | undefined {
  const name = path.match(/^\/([^/]+)$/)?.[1]
  if (!name || [...tables, ...views].some((each) => each.schema === schema && encodeURIComponent(each.name) === name))
    return undefined
  const message = `Could not find the table '${schema}.${name}' in the schema cache`
  return errorResponse(404, { code: 'PGRST205', message, details: null, hint: null })
}

/** The request as the stand-in expects it: under its own path, for the schema, with a key instead of the token. */
function innerRequest(
  request: Request,
  sent: string | null,
  path: string,
  schema: string,
  rpc?: Rpc,
): Request | Response {
  const headers = new Headers(request.headers)
  profileHeaders(headers, schema)
  headers.delete('authorization')
  headers.set('apikey', KEY)
  if (!headers.has('content-type')) headers.set('content-type', JSON_TYPE)
  const asArguments = sent !== null && rpc && headers.get('content-type')!.startsWith(JSON_TYPE)
  const body = asArguments ? callBody(sent, rpc) : sent || null
  if (body instanceof Response) return body
  // To the stand-in, HEAD with a filter on a function's arguments is an error, so it is asked as GET.
  const method = request.method === 'HEAD' ? 'GET' : request.method
  return new Request(new URL(path, 'http://localhost'), { method, headers, body })
}

/** The answer as PostgREST gives it: with exact numbers, the headers and status set in SQL, and PostgREST's own paths. */
async function finished(
  answer: Response,
  call: Call,
  query: URLSearchParams,
  csv?: Map<string, string>,
): Promise<Response> {
  const headers = new Headers(answer.headers)
  for (const name of [...headers.keys()])
    if (name.startsWith('access-control-') || name === 'content-length') headers.delete(name)
  if (headers.has('content-location')) {
    query.sort()
    headers.set('content-location', `${call.path}${query.size ? `?${query}` : ''}`)
  }

  let status = answer.status
  if (status < 400) {
    const wrong = applySql(headers, call)
    if (wrong) return errorResponse(500, wrong)
    if (call.responseStatus) status = Number(call.responseStatus)
  }
  let text = [204, 205, 304].includes(status) ? null : await answer.text()
  if (text?.startsWith('[') && csv && status < 300) {
    text = csvOf(text, (column) => csv.get(column))
    headers.set('content-type', 'text/csv; charset=utf-8')
  }
  text &&= withExactNumbers(text)
  return new Response(call.method === 'HEAD' ? null : text, { status, headers })
}

function columnTypes({ columns }: Catalog, schema: string, relation: string): Map<string, string> {
  const own = columns.filter((column) => column.schema === schema && column.table === relation)
  return new Map(own.map(({ name, type }) => [name, type]))
}

/** https://docs.postgrest.org/en/v16/references/transactions.html#response-headers */
function applySql(headers: Headers, { responseHeaders, responseStatus }: Call): ApiError | undefined {
  if (responseStatus && !/^[1-5]\d\d$/.test(responseStatus))
    return gucError('PGRST112', 'response.status guc must be a valid status code')
  if (!responseHeaders) return undefined
  try {
    for (const header of JSON.parse(responseHeaders) as Record<string, string>[]) {
      const [[name, value], ...more] = Object.entries(header) as [[string, string], ...unknown[]]
      if (more.length || typeof value !== 'string') throw new TypeError()
      headers.set(name, value)
    }
    return undefined
  } catch {
    const shape = 'a JSON array composed of objects with a single key and a string value'
    return gucError('PGRST111', `response.headers guc must be ${shape}`)
  }
}

function gucError(code: string, message: string): ApiError {
  return { code, message, details: null, hint: null }
}

function cookiesOf(header = ''): Record<string, string> {
  const pairs = header.split(/;\s*/).map((pair) => pair.split(/=(.*)/s))
  return Object.fromEntries(pairs.filter(([name]) => name).map(([name, value = '']) => [name, value]))
}
