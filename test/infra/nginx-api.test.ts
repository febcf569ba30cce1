import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Nginx, startNginx } from '../../tooling/lib/nginx.ts'
import { type LocalServer, startServer } from '../../tooling/lib/server.ts'
import { breakable } from '../support/breakable.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { haveNginx } from '../support/nginx.ts'

// The containers' nginx in front of the local API: the whole way of a request but for the containers.

const SECRET = 'a secret of thirty-two characters'
const POST = {
  status_id: '1790000000000000001',
  url: 'https://x.com/ann/status/1',
  author_handle: '@Ann',
  body_text: 'Grün & 100 %',
}

const test = suite('nginx in front of the API')
let database: Database
let way: Awaited<ReturnType<typeof breakable>>
let server: LocalServer
let nginx: Nginx
let token: string
const page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))

if (haveNginx()) {
  test.before(async () => {
    database = await freshDatabase()
    way = await breakable(database.url)
    server = await startServer({ databaseUrl: way.url, jwtSecret: SECRET })
    nginx = await startNginx({ api: `${server.url}/api`, page })
    token = await new SignJWT({ role: 'ingest' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(SECRET))
  })
  test.after(async () => {
    await nginx?.stop()
    await server?.stop()
    await way?.cut()
    await database?.drop()
    rmSync(page, { recursive: true })
  })

  const get = async (path: string) => {
    const response = await fetch(`${nginx.url}${path}`)
    return { status: response.status, headers: response.headers, json: await response.json() }
  }
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }
    const response = await fetch(`${nginx.url}${path}`, init)
    return { status: response.status, json: await response.json() }
  }

  test('what a collector sends by /v1 is what a reader gets by /v1', async () => {
    const bearer = { Authorization: `Bearer ${token}` }
    const now = new Date().toISOString()
    const items: [string, object][] = [
      ['posts', { ...POST, discovered_at: now, last_seen_at: now }],
      [
        'metrics',
        { status_id: POST.status_id, snapshot_at: now, likes: 5, reposts: 1, replies: 0, views: 3_000_000_000 },
      ],
      ['reports', { status_id: POST.status_id, reported_at: now, channel: 'mail' }],
      ['watch-accounts', { handle: 'Ann', tier: 'teammate', added_at: now }],
    ]
    for (const [kind, item] of items) {
      const { status, json } = await post(`/v1/ingest/${kind}/batch`, { items: [item] }, bearer)
      assert.is(status, 200, `${kind}: ${JSON.stringify(json)}`)
      assert.is(json.received, 1, kind)
      assert.equal(json.errors, [], kind)
    }
    const run = await post('/v1/ingest/runs', { run_at: now, mode: 'manual', fetched_count: 1 }, bearer)
    assert.is(run.status, 200, JSON.stringify(run.json))

    const feed = await get('/v1/feed?limit=20&handle=ann&q=Gr%C3%BCn%20%26')
    assert.is(feed.status, 200)
    assert.is(feed.json.items[0].status_id, POST.status_id)
    assert.is(feed.json.items[0].body_text, POST.body_text)
    const one = await get(`/v1/posts/${POST.status_id}`)
    assert.is(one.json.post.status_id, POST.status_id)
    assert.is(one.json.report.channel, 'mail')
    const accounts = await get('/v1/watch-accounts?tier=teammate')
    assert.equal(
      accounts.json.map((each: { handle: string }) => each.handle),
      ['ann'],
    )
    assert.equal((await get('/v1/watch-accounts?tier=influencer')).json, [])
    assert.is((await get('/v1/stats/summary')).json.posts, 1)
    assert.is((await get('/v1/health')).json.service, 'xmonitor-api')
  })

  test('the same answers come under /api, under their own names', async () => {
    const [feed, rows] = [await get('/v1/feed?limit=1'), await get('/api/feed?limit=1')]
    assert.is(rows.json[0].status_id, feed.json.items[0].status_id)
    assert.is((await get('/api/posts?select=status_id,reports(channel)&limit=1')).json[0].reports.channel, 'mail')
    assert.is((await get('/api/rpc/health')).json.ok, true)
  })

  test("PostgREST's refusals come through: a bad argument, an unknown post, no token, a read-only view", async () => {
    for (const query of ['limit=0', 'limit=x', 'since=notatime', 'tier=boss', 'significant=maybe', 'cursor=xyz']) {
      const { status, json } = await get(`/v1/feed?${query}`)
      assert.is(status, 400, query)
      assert.equal(Object.keys(json).sort(), ['code', 'details', 'hint', 'message'], query)
    }
    assert.is((await get('/v1/posts/0')).status, 404)
    const refused = await post('/v1/ingest/runs', { run_at: new Date().toISOString(), mode: 'manual' })
    assert.is(refused.status, 401, JSON.stringify(refused.json))
    assert.ok((await post('/api/posts', POST)).status >= 400)
  })

  test('a public read is answered from the cache, the health never is, nor anything with a token', async () => {
    const cached = async (path: string, headers: Record<string, string> = {}) => {
      for (let time = 0; ; time++) {
        const response = await fetch(`${nginx.url}${path}`, { headers })
        await response.arrayBuffer()
        if (time) return response.headers.get('x-cache')
      }
    }
    assert.is(await cached('/v1/feed?limit=7'), 'HIT')
    assert.is(await cached('/api/feed?limit=7'), 'HIT')
    assert.is.not(await cached('/v1/health'), 'HIT')
    assert.is.not(await cached('/v1/feed?limit=7', { Authorization: `Bearer ${token}` }), 'HIT')
  })

  test('a database that stops is 503 with JSON, and its return is noticed', async () => {
    await way.cut()
    const health = await get('/v1/health')
    assert.is(health.status, 503, JSON.stringify(health.json))
    assert.equal(Object.keys(health.json).sort(), ['code', 'details', 'hint', 'message'])

    await way.mend()
    for (const end = Date.now() + 15_000; (await get('/v1/health')).status !== 200; )
      assert.ok(Date.now() < end, 'it does not come back')
  })
}

test.run()
