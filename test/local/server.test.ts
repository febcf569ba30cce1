import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { suite } from 'uvu'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { startPostgres, THROWAWAY } from '../../tooling/lib/postgres/embedded.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { recordingUpstream } from '../support/upstream.ts'

const HEADERS = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../infra/headers.json'), 'utf8')) as Record<
  string,
  string
>
const SCRIPT = `console.log(${JSON.stringify('long '.repeat(200))})\n`

const local = suite('server', {} as { db: Database; server: LocalServer; page: string })

local.before(async (context) => {
  context.page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))
  mkdirSync(join(context.page, 'assets'))
  writeFileSync(join(context.page, 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(join(context.page, 'assets/page-abc.js'), SCRIPT)
  context.db = await freshDatabase()
  await context.db.query(`
    insert into posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
    select i::text, 'https://x.com/a/status/' || i, 'someone', repeat('word ', 50), '2026-03-01', now() from generate_series(1, 30) as i`)
  context.server = await startServer({ databaseUrl: context.db.url, page: context.page })
})
local.after(async ({ db, server, page }) => {
  await server.stop()
  await db.drop()
  rmSync(page, { recursive: true })
})

/** The answer as it is sent, not decoded, for a path sent exactly as given. */
async function raw(
  { server }: { server: LocalServer },
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const call = request({
    host: '127.0.0.1',
    port: server.port,
    path,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
  })
  call.end(options.body)
  const [response] = await once(call, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return {
    status: response.statusCode as number,
    headers: response.headers as Record<string, string>,
    body: Buffer.concat(chunks),
  }
}

local('listens on 127.0.0.1 only', async ({ server }) => {
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  const socket = connect({ host: '127.0.0.2', port: server.port })
  const [error] = await once(socket, 'error')
  assert.equal(error.code, 'ECONNREFUSED')
})

local(
  'the page has the security headers, is revalidated, and answers at the address of each of its views',
  async (context) => {
    for (const path of ['/', '/index.html', '/posts/123', '/?q=word']) {
      const { status, headers, body } = await raw(context, path)
      assert.equal(status, 200, path)
      assert.match(body.toString(), /the page/)
      for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers[name.toLowerCase()], value, name)
      assert.equal(headers['cache-control'], 'no-cache')
      assert.match(headers['content-type']!, /^text\/html; ?charset=utf-8$/)
    }
    const { headers } = await raw(context, '/')
    assert.equal((await raw(context, '/', { headers: { 'if-none-match': headers.etag! } })).status, 304)
    assert.equal((await raw(context, '/missing.js')).status, 404)
    assert.equal((await raw(context, '/', { method: 'POST' })).status, 405)
    assert.equal((await raw(context, '/', { method: 'POST' })).headers.allow, 'GET, HEAD')
  },
)

local('hashed assets are cached forever and compressed as requested', async (context) => {
  const plain = await raw(context, '/assets/page-abc.js')
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.equal(plain.body.toString(), SCRIPT)
  for (const [asked, got] of [
    ['gzip', 'gzip'],
    ['gzip, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['zstd', undefined],
  ] as const) {
    const { headers, body } = await raw(context, '/assets/page-abc.js', { headers: { 'accept-encoding': asked } })
    assert.equal(headers['content-encoding'], got, asked)
    assert.equal(headers.vary, 'Accept-Encoding')
    if (got) assert.ok(body.length < SCRIPT.length / 5)
    const decoded = await (
      await fetch(`${context.server.url}/assets/page-abc.js`, { headers: { 'accept-encoding': asked } })
    ).text()
    assert.equal(decoded, SCRIPT)
  }
})

local('serves PostgREST under /api and the v1 contract under /v1', async ({ server }) => {
  const health = { ok: true, service: 'xmonitor-api', version: 'v1' }
  assert.deepEqual(await (await fetch(`${server.url}/api/rpc/health`)).json(), health)
  assert.deepEqual(await (await fetch(`${server.url}/v1/health`)).json(), health)
  const feed = (await (await fetch(`${server.url}/api/feed?limit=3`)).json()) as object[]
  assert.equal(feed.length, 3)
  const page = (await (await fetch(`${server.url}/v1/feed?limit=3`)).json()) as { items: object[] }
  assert.deepEqual(page.items, feed)
  const wrong = await fetch(`${server.url}/v1/health`, { method: 'DELETE' })
  assert.equal(wrong.status, 405)
  assert.equal(wrong.headers.get('allow'), 'GET, HEAD, OPTIONS')
  assert.deepEqual(Object.keys((await wrong.json()) as object).sort(), ['code', 'details', 'hint', 'message'])
})

local('compresses long JSON answers, not short ones', async (context) => {
  const long = await raw(context, '/api/feed', { headers: { 'accept-encoding': 'gzip, br' } })
  assert.equal(long.headers['content-encoding'], 'br')
  assert.deepEqual(JSON.parse(String(brotliDecompressSync(long.body))).length, 30)
  assert.equal(
    (await raw(context, '/api/rpc/health', { headers: { 'accept-encoding': 'br' } })).headers['content-encoding'],
    undefined,
  )
})

local(
  'a page of another website gets nothing: neither by its origin, nor by a name pointed at this machine',
  async (context) => {
    const { port } = context.server
    for (const path of ['/', '/manifest.webmanifest', '/api/rpc/health', '/v1/feed']) {
      for (const host of [
        'evil.example',
        `evil.example:${port}`,
        'localhost.evil.example',
        '127.0.0.1.nip.io',
        '0.0.0.0',
      ]) {
        const { status, headers, body } = await raw(context, path, { headers: { host } })
        assert.deepEqual([status, JSON.parse(String(body)).code], [421, 'XM421'], `${path} ${host}`)
        assert.equal(headers['access-control-allow-origin'], undefined)
      }
      for (const origin of [
        'https://evil.example',
        'null',
        `http://localhost:${port + 1}`,
        `https://127.0.0.1:${port}`,
      ])
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const { status, headers } = await raw(context, path, { method, headers: { origin } })
          assert.equal(status, 403, `${method} ${path} ${origin}`)
          assert.equal(headers['access-control-allow-origin'], undefined)
        }
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST:8080', 'localhost'])
      for (const headers of [{ host }, { host, origin: `http://${host}` }])
        assert.equal((await raw(context, '/api/rpc/health', { headers })).status, 200, host)
    const answer = await raw(context, '/api/feed?limit=1', { headers: { origin: context.server.url } })
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  },
)

local('what PostgREST allows pages of other origins is not handed on', async ({ db }) => {
  const upstream = await recordingUpstream()
  upstream.answer = (_request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Expose-Headers', 'Content-Range')
    response.end('[]')
  }
  process.env.POSTGREST_URL = upstream.url
  const server = await startServer({ databaseUrl: db.url })
  delete process.env.POSTGREST_URL
  const { status, headers } = await raw({ server }, '/api/rpc/feed', { headers: { origin: server.url } })
  await server.stop()
  await upstream.close()
  assert.equal(status, 200)
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('access-control-')),
    [],
  )
})

local('HEAD and OPTIONS answer without a body', async (context) => {
  const head = await raw(context, '/api/feed?limit=1', { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(head.body.length, 0)
  assert.match(head.headers['content-type']!, /json/)
  assert.equal((await raw(context, '/', { method: 'HEAD' })).body.length, 0)
  assert.match((await raw(context, '/api/feed', { method: 'OPTIONS' })).headers.allow!, /GET/)
})

local('a body over 8 MB is refused, as it is by the edge', async (context) => {
  const { status, body } = await raw(context, '/api/rpc/ingest_posts', {
    method: 'POST',
    headers: { Authorization: 'Bearer token' },
    body: 'x'.repeat(8 * 1024 * 1024 + 1),
  })
  assert.equal(status, 413)
  assert.equal(JSON.parse(body.toString()).code, 'XM413')
})

local('every answer has the security headers, and a client that goes away causes no error', async (context) => {
  for (const path of ['/api/rpc/health', '/api/nothing', '/v1/nothing', '/missing.js', '/manifest.webmanifest'])
    for (const [name, value] of Object.entries(HEADERS))
      assert.equal((await raw(context, path)).headers[name.toLowerCase()], value, `${path}: ${name}`)
  const socket = connect({ host: '127.0.0.1', port: context.server.port })
  socket.write('POST /api/rpc/ingest_posts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () =>
    socket.destroy(),
  )
  await once(socket, 'close')
  assert.equal((await raw(context, '/api/rpc/health')).status, 200)
})

local('nothing that a client sends brings it down', async (context) => {
  for (const path of [
    '/%',
    '/api/%ZZ',
    '/api/feed?limit=%',
    '/api//feed',
    '/api/..%2f..%2fetc/passwd',
    '/../../package.json',
    '//evil.example/api/feed',
    '/api/feed?select=(((',
    '/api/rpc/',
    '/v1/posts/%00',
    '/api/posts?status_id=eq.%00',
  ])
    for (const method of ['GET', 'POST', 'TRACE', 'PATCH']) {
      const { status, body } = await raw(context, path, { method })
      assert.ok(status >= 200 && status < 500, `${method} ${path}: ${status} ${body}`)
      assert.doesNotMatch(body.toString(), /"private": true|root:/)
    }
  const socket = connect({ host: '127.0.0.1', port: context.server.port })
  socket.end('nonsense\r\n\r\n')
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 400 /)
  assert.equal((await raw(context, '/api/rpc/health')).status, 200)
})

local('a port in use: the next free one is used', async ({ db }) => {
  const other = createServer().listen(0, '127.0.0.1').unref()
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const server = await startServer({ databaseUrl: db.url, port })
  assert.ok(server.port > port)
  await server.stop()
  other.close()
})

local('while the database is away it answers 503, and it recovers when the database is back', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'xmonitor-away-'))
  const first = await startPostgres({ dir, settings: THROWAWAY })
  const databaseUrl = first.url.replace('/postgres?', '/away?')
  await dbmate(['up'], databaseUrl)
  const server = await startServer({ databaseUrl })
  const health = () => fetch(`${server.url}/api/rpc/health`)
  assert.equal((await health()).status, 200)

  await first.stop()
  for (const path of ['/api/rpc/health', '/v1/feed']) {
    const answer = await fetch(server.url + path)
    assert.equal(answer.status, 503)
    assert.deepEqual(Object.keys((await answer.json()) as object).sort(), ['code', 'details', 'hint', 'message'])
  }
  const second = await startPostgres({ dir, port: first.port, settings: THROWAWAY })
  assert.equal((await health()).status, 200)
  await server.stop()
  await second.stop()
  rmSync(dir, { recursive: true })
})

local.run()
