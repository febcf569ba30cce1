import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { suite } from 'uvu'
import { parse } from 'yaml'
import v1 from '../../infra/edge/v1.js'
import { PROJECT } from '../../tooling/lib/project.ts'
import { TIERS } from '../../tooling/lib/tiers.ts'
import { type Api, startApi } from '../support/api.ts'

// docs/openapi.v1.yaml against real responses: each operation is called, and its response must match the schema.

type Operation = {
  operationId: string
  parameters?: { $ref: string }[]
  security?: object[]
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: object }> }>
  requestBody?: { content: { 'application/json': { schema: object } } }
}

const document = parse(readFileSync(join(PROJECT, 'docs/openapi.v1.yaml'), 'utf8'))
const edge = readFileSync(join(PROJECT, 'infra/edge/v1.js'), 'utf8')

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ ...document, $id: 'openapi' })

const openapi = suite('openapi', {} as { api: Api })

openapi.before(async (context) => {
  context.api = await startApi()
})

openapi.after(async ({ api }) => {
  await api?.stop()
})

const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)

const pointer = (path: string, method: string, ...rest: string[]) =>
  `openapi#/${['paths', path, method.toLowerCase(), ...rest].map((part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')}`

const assertFits = (reference: string, value: unknown, what: string) => {
  const validate = ajv.compile({ $ref: reference })
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 300)}`)
}

/** What a valid request has in place of each item and object. */
const AT = '2026-03-01T00:00:00Z'
const METRICS = { likes: 1, reposts: 1, replies: 1, views: 1 }
const ITEMS: Record<string, object> = {
  PostItem: { status_id: '77', url: 'u', author_handle: 'x', discovered_at: AT, last_seen_at: AT, body_text: null },
  MetricsItem: { status_id: '77', snapshot_at: AT, ...METRICS },
  ReportItem: { status_id: '77', reported_at: AT },
  WatchAccountItem: { handle: 'x', tier: 'teammate' },
  RemovalItem: { table_name: 'reports', key: ['77'] },
  DeletionItem: { status_id: '78' },
  EmbeddingItem: { status_id: '77', backend: 'b', model: 'm', vector_json: [1], text_hash: 'h', created_at: AT },
  RunItem: { run_at: AT, mode: 'manual' },
  Nearest: { vector: [3, 4], model: 'm' },
}

const QUERIES: Record<string, string> = {
  '/api/rpc/post': '?status_id=1890000000000000001',
  '/api/rpc/similar': '?status_id=1890000000000000001',
  '/api/rpc/author': '?handle=ann',
}

function bodyOf(schema: object): unknown {
  const [, single] = JSON.stringify(schema).match(/schemas\/(\w+)"/)!
  // Every described field, so that an unknown one shows up as ignored.
  const all = Object.keys(document.components.schemas[single!].properties).map((name) => [name, null])
  const item = { ...Object.fromEntries(all), ...ITEMS[single!] }
  return 'properties' in schema ? { items: [item, {}] } : item
}

openapi('each operation answers as described', async ({ api }) => {
  for (const { path, method, operation } of operations) {
    const url = api.server.url + path.replace('{statusId}', '1890000000000000001') + (QUERIES[path] ?? '')
    const token: Record<string, string> = operation.security ? { Authorization: `Bearer ${api.target.token}` } : {}
    const schema = operation.requestBody?.content['application/json'].schema
    const body = schema && { body: JSON.stringify(bodyOf(schema)) }
    const response = await fetch(url, { method, headers: { 'content-type': 'application/json', ...token }, ...body })
    const type = response.headers.get('content-type')!.split(';')[0]!
    assert.equal(response.status, 200, `${method} ${path}: ${await response.clone().text()}`)
    assert.ok(operation.responses['200']!.content![type], `${path} answers ${type}`)
    // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape its call says
    const answer: any = type.includes('json') ? await response.json() : await response.text()
    if (path.includes('ingest') && method === 'POST') {
      assert.deepEqual(answer.ignored, {}, path)
      // The second item is empty.
      assert.ok(!answer.errors.some(({ index }: { index: number }) => index === 0), `${path} ${JSON.stringify(answer)}`)
    }
    if (Array.isArray(answer)) assert.ok(answer.length > 0, `${path} shows no row to look at`)
    assertFits(pointer(path, method, 'responses', '200', 'content', type, 'schema'), answer, `${method} ${path}`)
  }
})

openapi('each described error happens, in the described shape', async ({ api }) => {
  /** What is an error in a request that is valid otherwise. */
  const invalid: Record<string, string> = { since: 'x', tier: 'boss', bucket: 'week', handle: '@' }
  const unknown: Record<string, string> = { status_id: '0', handle: 'nobody' }
  for (const { path, method, operation } of operations)
    for (const status of Object.keys(operation.responses).filter((each) => each !== '200')) {
      const write = method === 'POST'
      const names = (operation.parameters ?? []).map(({ $ref }) => parameterOf($ref)).filter(isInQuery)
      const values = status === '404' ? unknown : invalid
      const wrong = names.find(({ name }) => name in values)?.name
      const query = new URLSearchParams(QUERIES[path])
      if (wrong && !write) query.set(wrong, values[wrong]!)
      const url = `${api.server.url}${path.replace('{statusId}', '0')}?${path.includes('{') ? '' : query}`
      const headers = {
        'content-type': 'application/json',
        ...(status === '400' && operation.security && { Authorization: `Bearer ${api.target.token}` }),
      }
      const body = write
        ? {
            body:
              status === '400' ? '{"items": 1' : JSON.stringify(path.includes('run') ? ITEMS.RunItem : { items: [] }),
          }
        : {}
      const response = await fetch(url, { method, headers, ...body })
      const answer = await response.json()
      assert.equal(response.status, Number(status), `${method} ${url}: ${JSON.stringify(answer)}`)
      assertFits('openapi#/components/schemas/Error', answer, `${method} ${path} ${status}`)
    }
})

openapi(
  'no call is missing: those of the edge, and every view and function of schema api with its arguments',
  async ({ api }) => {
    const described = new Set(operations.map(({ path }) => path))
    for (const [path] of edge.matchAll(/(?<=')\/v1\/[\w/-]+(?=': \{)/g)) assert.ok(described.has(path), path)
    assert.ok(described.has('/v1/posts/{statusId}'))

    const views = await api.db.query<{ path: string; schema: string; columns: string[] }>(`
    select '/api/' || relname as path, array_agg(attname::text order by attnum) as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0
    where relnamespace = 'api'::regnamespace and relkind = 'v' group by relname`)
    for (const { path, columns } of views) {
      const schema = document.paths[path]?.get.responses['200'].content['application/json'].schema.items.$ref
      assert.ok(schema, path)
      assert.deepEqual(
        Object.keys(document.components.schemas[schema.split('/').at(-1)].properties).sort(),
        columns.sort(),
        path,
      )
    }
    const functions = await api.db.query<{ path: string; args: string[] | null }>(`
    select '/api/rpc/' || proname as path, proargnames[:pronargs] as args from pg_proc where pronamespace = 'api'::regnamespace`)
    for (const { path, args } of functions) {
      // A call with a body has one argument without a name.
      const { get } = document.paths[path]
      const names = get ? get.parameters.map(({ $ref }: { $ref: string }) => parameterOf($ref).name) : []
      // One is PostgREST's own, the other one the edge's.
      const own = names.filter((name: string) => name !== 'limit' && name !== 'token')
      assert.deepEqual(own.sort(), (args ?? []).sort(), path)
    }
  },
)

openapi('the edge knows each parameter that is described under /v1', () => {
  for (const { path, method, operation } of operations.filter((each) => each.path.startsWith('/v1/')))
    for (const { name } of (operation.parameters ?? []).map(({ $ref }) => parameterOf($ref)).filter(isInQuery)) {
      const answer = v1.route(method, path, `${name}=1`, '', '')
      assert.ok(answer && !('error' in answer), `${path} ${name}`)
    }
})

openapi('an argument of a call that is sent twice is one list or refused, never half ignored', () => {
  for (const { path, method, operation } of operations.filter((each) => /^\/(v1|api\/rpc)\//.test(each.path)))
    for (const { name } of (operation.parameters ?? []).map(({ $ref }) => parameterOf($ref)).filter(isInQuery)) {
      // PostgREST's own, and what never reaches it.
      if ((name === 'limit' && path.startsWith('/api/')) || name === 'token') continue
      const answer = v1.route(method, path, `${name}=1&${name}=2`, '', '')!
      if (['tier', 'handle'].includes(name)) assert.ok('query' in answer && answer.query.includes(`${name}=1,2`), path)
      else
        assert.ok(
          'error' in answer && answer.error.message.includes(`${name} is given more than once`),
          `${path} ${name}`,
        )
    }
})

openapi('the tiers match those of the database', () => {
  assert.deepEqual(document.components.schemas.Tier.enum, TIERS)
})

openapi.run()

function parameterOf($ref: string): { name: string; in: string } {
  return document.components.parameters[$ref.split('/').at(-1)!]
}

function isInQuery(parameter: { in: string }): boolean {
  return parameter.in === 'query'
}
