import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { type Api, ENGINES, SECRET, sign, startApi } from '../support/api.ts'

const NOW = Math.floor(Date.now() / 1000)
const HOUR = 3_600

/** Every way to read, as PostgREST has it and under /v1. */
const READS = [
  '/api/feed?limit=1',
  '/api/posts?limit=1',
  '/api/reports',
  '/api/watch_accounts',
  '/api/post_metrics_snapshots',
  '/api/pipeline_runs',
  '/api/posts?select=status_id,reports(reported_at)&limit=1',
  '/api/rpc/feed?limit=1',
  '/api/rpc/feed_page?page_size=1',
  '/api/rpc/feed_atom?page_size=1',
  '/api/rpc/digest_atom',
  '/api/rpc/post?status_id=1890000000000000001',
  '/api/rpc/stats',
  '/api/rpc/activity?bucket=day',
  '/api/rpc/similar?status_id=1890000000000000001',
  '/api/rpc/duplicates',
  '/api/rpc/watch_accounts',
  '/v1/feed?limit=1',
  '/v1/posts/1890000000000000001',
  '/v1/watch-accounts',
  '/v1/stats/summary',
]
const HEALTH = ['/api/health', '/api/rpc/health', '/v1/health']

for (const engine of ENGINES) {
  const feed = suite(`a private feed, ${engine}`, {} as { api: Api })

  feed.before(async (context) => {
    context.api = await startApi(engine, { isPrivate: true })
  })

  feed.after(async ({ api }) => {
    await api?.stop()
  })

  const ask = async (api: Api, path: string, token?: string, headers: Record<string, string> = {}) => {
    const bearer: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    const answer = await fetch(`${api.server.url}${path}`, { headers: { ...bearer, ...headers } })
    const text = await answer.text()
    const cache = answer.headers.get('cache-control')
    return { status: answer.status, text, cache, challenge: answer.headers.get('www-authenticate') }
  }
  const reader = async (more = {}) => (await makeToken({ role: 'reader', ttl: '5m', secret: SECRET, ...more })).token

  feed('without a token nothing is read, and the error says what is needed', async ({ api }) => {
    for (const path of READS) {
      const { status, text, cache, challenge } = await ask(api, path)
      assert.deepEqual([status, challenge, cache], [401, 'Bearer', null], `${path} ${text}`)
      assert.deepEqual(JSON.parse(text), {
        code: '42501',
        details: null,
        hint: 'Send a token for the role reader, as Authorization: Bearer TOKEN.',
        message: 'this feed is private',
      })
    }
    const nearest = await fetch(`${api.target.api}/rpc/nearest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"vector": [3, 4], "model": "m"}',
    })
    assert.equal(nearest.status, 401, await nearest.text())
  })

  feed('a token for reader reads everything, and no cache keeps it', async ({ api }) => {
    for (const path of READS) {
      const { status, text, cache } = await ask(api, path, await reader())
      assert.deepEqual([status, cache], [200, 'private, no-store'], `${path} ${text}`)
    }
    // Clients of the v1 contract send keys.
    assert.equal((await ask(api, '/v1/feed', undefined, { 'X-API-Key': await reader() })).status, 200)
  })

  feed('a token for ingest reads as well', async ({ api }) => {
    for (const path of READS) assert.equal((await ask(api, path, api.target.token)).status, 200, path)
  })

  feed('a token that is expired, foreign or without an end reads nothing', async ({ api }) => {
    const refused: [what: string, token: string, code: RegExp][] = [
      ['expired', await sign({ role: 'reader', exp: NOW - HOUR }), /PGRST303/],
      ['of another secret', await sign({ role: 'reader', exp: NOW + HOUR }, { secret: `${SECRET}!` }), /PGRST301/],
      ['of another service', 'sk-1234', /PGRST301/],
      ['without exp', await sign({ role: 'reader' }), /PT401/],
      ['without a role', await sign({ exp: NOW + HOUR }), /42501/],
      ['for web_closed', await sign({ role: 'web_closed', exp: NOW + HOUR }), /42501/],
    ]
    for (const [what, token, code] of refused)
      for (const path of READS) {
        const { status, text, cache } = await ask(api, path, token)
        assert.deepEqual([status, cache], [401, null], `${what} ${path} ${text}`)
        assert.match(text, code, what)
      }
  })

  feed('a reader writes nothing', async ({ api }) => {
    for (const [path, body, status] of [
      ['/api/rpc/ingest_posts', '{"items": []}', 403],
      ['/v1/ingest/posts/batch', '{"items": []}', 403],
      ['/api/posts', '{"status_id": "1"}', 405],
    ] as const) {
      const headers = { 'content-type': 'application/json', Authorization: `Bearer ${await reader()}` }
      const answer = await fetch(`${api.server.url}${path}`, { method: 'POST', headers, body })
      assert.equal(answer.status, status, await answer.text())
    }
  })

  feed('a token for Atom, in the address or as a header, reads the Atom feed alone', async ({ api }) => {
    const token = await reader({ only: 'atom' })
    const atom = await ask(api, `/api/rpc/feed_atom?tier=teammate&token=${token}&page_size=1`)
    assert.deepEqual([atom.status, atom.cache], [200, 'private, no-store'], atom.text)
    assert.equal(atom.text.match(/<entry>/g)!.length, 1)
    assert.equal((await ask(api, `/api/rpc/digest_atom?token=${token}`)).status, 200)
    for (const path of READS.filter((path) => !path.includes('_atom'))) {
      const refused = await ask(api, path, token)
      assert.deepEqual([refused.status, JSON.parse(refused.text).code], [403, 'PT403'], path)
    }
    // Elsewhere an address holds no token.
    assert.notEqual((await ask(api, `/api/rpc/feed?limit=1&token=${await reader()}`)).status, 200)
    for (const [wrong, status] of [
      ['', 400],
      ['a%0d%0aX-Role:%20ingest', 400],
      ['nonsense', 401],
      [await sign({ role: 'reader', only: ['atom'], exp: NOW - HOUR }), 401],
    ])
      assert.equal((await ask(api, `/api/rpc/feed_atom?token=${wrong}`)).status, status, `${wrong}`)
  })

  feed('the health is open to everyone, whatever they send under /v1', async ({ api }) => {
    for (const path of HEALTH)
      for (const token of [undefined, await reader()])
        assert.deepEqual([(await ask(api, path, token)).status, (await ask(api, path, token)).cache], [200, 'no-store'])
    assert.equal((await ask(api, '/v1/health', 'sk-1234')).status, 200)
  })

  feed('the root describes to each what they may do', async ({ api }) => {
    const paths = async (token?: string) => Object.keys(JSON.parse((await ask(api, '/api/', token)).text).paths)
    assert.deepEqual((await paths()).filter((path) => path !== '/').sort(), ['/health', '/rpc/health'])
    const known = await paths(await reader())
    assert.ok(known.includes('/rpc/feed') && !known.some((path) => path.includes('ingest')), known.join())
  })

  feed.run()
}

const open = suite('an open feed', {} as { api: Api })

open.before(async (context) => {
  context.api = await startApi()
})

open.after(async ({ api }) => {
  await api?.stop()
})

open('the address of a private Atom feed still works, whatever its token is', async ({ api }) => {
  const { token } = await makeToken({ role: 'reader', only: 'atom', ttl: '5m', secret: SECRET })
  for (const value of [token, 'nonsense', '']) {
    const answer = await fetch(`${api.target.api}/rpc/feed_atom?page_size=1&token=${value}`)
    assert.deepEqual([answer.status, /^public/.test(answer.headers.get('cache-control')!)], [200, true], value)
  }
})

open.run()
