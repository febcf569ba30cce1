import assert from 'node:assert/strict'
import { SignJWT } from 'jose'

/** An edge with an API behind it, and a token for ingest. */
export type Edge = { url: string; token: string }

export const SECRET = 'a secret of thirty-two characters'

/** What npm run token prints, for SECRET. */
export function ingestToken(): Promise<string> {
  const claims = new SignJWT({ role: 'ingest' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m')
  return claims.sign(new TextEncoder().encode(SECRET))
}

const POST = {
  status_id: '1790000000000000001',
  url: 'https://x.com/ann/status/1',
  author_handle: '@Ann',
  body_text: 'Grün & 100 %',
}

/** Requests from end to end, in this order, starting with an empty database, whatever is behind the URL. */
export const FLOW: Record<string, (edge: Edge) => Promise<void>> = {
  async 'what a collector sends by /v1 is what a reader gets by /v1'(edge) {
    const bearer = { Authorization: `Bearer ${edge.token}` }
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
      const { status, json } = await post(edge, `/v1/ingest/${kind}/batch`, { items: [item] }, bearer)
      assert.equal(status, 200, `${kind}: ${JSON.stringify(json)}`)
      assert.equal(json.received, 1, kind)
      assert.deepEqual(json.errors, [], kind)
    }
    const run = await post(edge, '/v1/ingest/runs', { run_at: now, mode: 'manual', fetched_count: 1 }, bearer)
    assert.equal(run.status, 200, JSON.stringify(run.json))

    const feed = await get(edge, '/v1/feed?limit=20&handle=ann&q=Gr%C3%BCn%20%26')
    assert.equal(feed.status, 200)
    assert.equal(feed.json.items[0].status_id, POST.status_id)
    assert.equal(feed.json.items[0].body_text, POST.body_text)
    const one = await get(edge, `/v1/posts/${POST.status_id}`)
    assert.equal(one.json.post.status_id, POST.status_id)
    assert.equal(one.json.report.channel, 'mail')
    const accounts = await get(edge, '/v1/watch-accounts?tier=teammate')
    assert.deepEqual(
      accounts.json.map((each: { handle: string }) => each.handle),
      ['ann'],
    )
    assert.deepEqual((await get(edge, '/v1/watch-accounts?tier=influencer')).json, [])
    assert.equal((await get(edge, '/v1/stats/summary')).json.posts, 1)
    assert.equal((await get(edge, '/v1/health')).json.service, 'xmonitor-api')
  },

  async 'the same answers come under /api, under their own names'(edge) {
    const [feed, rows] = [await get(edge, '/v1/feed?limit=1'), await get(edge, '/api/feed?limit=1')]
    assert.equal(rows.json[0].status_id, feed.json.items[0].status_id)
    assert.equal(
      (await get(edge, '/api/posts?select=status_id,reports(channel)&limit=1')).json[0].reports.channel,
      'mail',
    )
    assert.equal((await get(edge, '/api/rpc/health')).json.ok, true)
  },

  async "PostgREST's refusals come through: a bad argument, an unknown post, no token, a read-only view"(edge) {
    for (const query of ['limit=0', 'limit=x', 'since=notatime', 'tier=boss', 'significant=maybe', 'cursor=xyz']) {
      const { status, json } = await get(edge, `/v1/feed?${query}`)
      assert.equal(status, 400, query)
      assert.deepEqual(Object.keys(json).sort(), ['code', 'details', 'hint', 'message'], query)
    }
    assert.equal((await get(edge, '/v1/posts/0')).status, 404)
    const refused = await post(edge, '/v1/ingest/runs', { run_at: new Date().toISOString(), mode: 'manual' })
    assert.equal(refused.status, 401, JSON.stringify(refused.json))
    assert.ok((await post(edge, '/api/posts', POST)).status >= 400)
  },

  async 'a public read is answered from the cache, the health never is, nor anything with a token'(edge) {
    assert.equal(await cached(edge, '/v1/feed?limit=7'), 'HIT')
    assert.equal(await cached(edge, '/api/feed?limit=7'), 'HIT')
    assert.notEqual(await cached(edge, '/v1/health'), 'HIT')
    assert.notEqual(await cached(edge, '/api/feed?limit=7', { Authorization: `Bearer ${edge.token}` }), 'HIT')
    // Credentials are not looked at where /v1 is read, and a foreign one is no reason to refuse.
    assert.equal(await cached(edge, '/v1/feed?limit=7', { Authorization: 'Bearer foreign', 'X-API-Key': 'x' }), 'HIT')
  },
}

export async function get(edge: { url: string }, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${edge.url}${path}`, { headers })
  return { status: response.status, headers: response.headers, json: await response.json() }
}

async function post(edge: Edge, path: string, body: object, headers: Record<string, string> = {}) {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
  const response = await fetch(`${edge.url}${path}`, init)
  return { status: response.status, json: await response.json() }
}

/** Whether the second of two equal requests came from the cache. */
async function cached(edge: Edge, path: string, headers: Record<string, string> = {}) {
  await get(edge, path, headers)
  return (await get(edge, path, headers)).headers.get('x-cache')
}
