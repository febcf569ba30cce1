import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import limits from '../../infra/edge/limits.js'
import { type Nginx, startNginx } from '../../tooling/lib/local/nginx.ts'
import { limitSlow } from '../../tooling/lib/local/slow-requests.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { haveNginx } from '../support/nginx.ts'
import { recordingUpstream } from '../support/upstream.ts'

// What one stranger may take of the API: the rest of the readers, and the collector, notice nothing.

const SLOW = '/api/posts?order=likes'
/** What a client sends, and the mark with which it arrives. */
const MARKED: [path: string, headers: Record<string, string>, mark: string | undefined][] = [
  ['/api/rpc/feed?q=zq', { 'X-XMonitor-Slow': '' }, '1'],
  ['/api/rpc/stats?tier=teammate', { 'X-XMonitor-Slow': '1' }, undefined],
  ['/v1/feed?reported=true', {}, '1'],
  ['/api/rpc/feed?limit=7', { Prefer: 'count=exact' }, '1'],
]
const TOKEN = { Authorization: 'Bearer token' }

if (haveNginx()) {
  const test = suite('edge, nginx', {} as { upstream: Upstream; nginx: Nginx; page: string })

  test.before(async (context) => {
    context.page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))
    context.upstream = await recordingUpstream()
    context.nginx = await startNginx({ api: context.upstream.url, page: context.page })
  })
  test.after(async ({ upstream, nginx, page }) => {
    await nginx?.stop()
    await upstream?.close()
    rmSync(page, { recursive: true })
  })

  test('four requests that take long run at once, and one more is refused; others pass', async ({
    upstream,
    nginx,
  }) => {
    const release = hold(upstream)
    const running = [1, 2, 3, 4].map((at) => fetch(`${nginx.url}${SLOW}&limit=${at}`))
    while (upstream.seen.length < 4) await sleep(5)
    for (const [path, headers] of [
      [SLOW, {}],
      ['/api/rpc/feed?q=zq', {}],
      ['/v1/feed?q=zq', {}],
      ['/api/rpc/feed?order=likes', {}],
      ['/api/rpc/feed?reported=false', {}],
      ['/v1/feed?reported=true', {}],
      ['/api/rpc/feed?status_id=like.*zq*', {}],
      ['/api/rpc/feed', { Prefer: 'count=exact' }],
      ['/api/rpc/feed', { Prefer: 'timezone=UTC, count=estimated' }],
      ['/api/rpc/feed', { Range: '90000-90049' }],
      ['/api/rpc/similar', {}],
      ['/api/rpc/digest_atom', {}],
      ['/api/', {}],
    ] as [string, Record<string, string>][]) {
      const answer = await fetch(nginx.url + path, { headers })
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '1'], path)
      assert.equal(((await answer.json()) as { code: string }).code, 'XM429')
    }
    for (const path of [
      '/api/rpc/feed?limit=50&tier=teammate',
      '/api/rpc/post?status_id=1',
      '/v1/feed',
      '/v1/posts/1',
      '/api/rpc/stats',
      '/api/rpc/activity?since=2026-01-01&until=2026-02-01&zone=Europe/Berlin',
      '/api/health',
    ])
      assert.equal((await fetch(nginx.url + path)).status, 200, path)
    release()
    for (const answer of await Promise.all(running)) assert.equal(answer.status, 200)
    assert.equal((await fetch(nginx.url + SLOW)).status, 200)
  })

  test('from however many addresses, six run at once', async ({ upstream, nginx }) => {
    if (process.platform !== 'linux') return console.log('skipped: this machine has one loopback address only')
    upstream.seen.length = 0
    const release = hold(upstream)
    const running = [2, 3].flatMap((host) =>
      [1, 2, 3].map((at) => statusFrom(`127.0.0.${host}`, `${nginx.url}${SLOW}&limit=${host}${at}`)),
    )
    while (upstream.seen.length < 6) await sleep(5)
    assert.equal(await statusFrom('127.0.0.4', nginx.url + SLOW), 429)
    assert.equal(await statusFrom('127.0.0.4', `${nginx.url}/api/rpc/feed`), 200)
    release()
    assert.deepEqual(await Promise.all(running), Array(6).fill(200))
  })

  test('PostgREST is told which requests are slow, whatever a client says', async ({ upstream, nginx }) => {
    upstream.seen.length = 0
    for (const [path, headers] of MARKED) await fetch(nginx.url + path, { headers })
    assert.deepEqual(
      upstream.seen.map(({ headers }) => headers['x-xmonitor-slow']),
      MARKED.map(([, , mark]) => mark),
    )
  })

  test('what strangers post does not count for the collector', async ({ upstream, nginx }) => {
    upstream.seen.length = 0
    const post = (headers: Record<string, string>) =>
      fetch(`${nginx.url}/v1/ingest/runs`, { method: 'POST', body: '{}', headers })
    const strangers = await Promise.all(Array.from({ length: 40 }, () => post({})))
    const statuses = strangers.map(({ status }) => status)
    assert.ok(statuses.every((status) => status === 401 || status === 429) && statuses.includes(429), `${statuses}`)
    assert.equal(upstream.seen.length, 0)
    assert.equal((await post(TOKEN)).status, 200)
    assert.equal((await post({ 'X-API-Key': 'token' })).status, 200)
  })

  test('a collector that writes too fast is told so', async ({ nginx }) => {
    const headers = { Authorization: 'Bearer fast' }
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => fetch(`${nginx.url}/v1/ingest/runs`, { method: 'POST', body: '{}', headers })),
    )
    const refused = answers.filter(({ status }) => status === 429)
    assert.ok(refused.length > 0 && refused.length < 40)
    assert.equal(refused[0]!.headers.get('retry-after'), '1')
  })

  test('what is not there is an error in the shape of the others', async ({ nginx }) => {
    const answer = await fetch(`${nginx.url}/assets/none.js`)
    assert.equal(answer.status, 404)
    assert.equal(((await answer.json()) as { code: string }).code, 'XM404')
  })

  test.run()
}

const local = suite('edge, local', {} as { db: Database })

local.before(async (context) => {
  context.db = await freshDatabase()
})
local.after(({ db }) => db?.drop())

local('the local server lets as many slow requests through', async () => {
  const slowly = limitSlow(2)
  let release = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  const work = () => held.then(() => new Response('[]'))
  const running = [slowly(work), slowly(work)]
  const refused = await slowly(work)
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '1'])
  release()
  for (const answer of await Promise.all(running)) assert.equal(answer.status, 200)
  assert.equal((await slowly(async () => new Response('[]'))).status, 200)
})

local(
  'the edge knows the arguments of each call, and the columns and views of the API, and no other names',
  async ({ db }) => {
    // Those of nearest and of the writes are in their bodies; those of Atom feeds have a token, which goes no further.
    const calls = await db.query<{ path: string; names: string }>(`
    select '/rpc/' || proname as path, array_to_string(proargnames[:pronargs], ' ') as names
    from pg_proc
    where pronamespace = 'api'::regnamespace and proargnames[1] <> '' and pronargs > 0`)
    const sorted = (names: string) => names.split(' ').toSorted()
    assert.deepEqual(
      Object.fromEntries(Object.entries(limits.ARGUMENTS).map(([path, names]) => [path, sorted(names)])),
      Object.fromEntries(
        calls.map(({ path, names }) => [path, sorted(path.endsWith('_atom') ? `${names} token` : names)]),
      ),
    )

    const views = "select oid, relname from pg_class where relnamespace = 'api'::regnamespace"
    const read = await db.query<{ name: string }>(`
    select relname as name from (${views}) as view
    union
    select attname
    from pg_attribute
    where attnum > 0 and not attisdropped and (
      attrelid in (select oid from (${views}) as view)
      or attrelid in (
        select typrelid from pg_proc join pg_type on pg_type.oid = prorettype
        where pronamespace = 'api'::regnamespace and typrelid <> 0))`)
    assert.deepEqual(limits.OTHER_NAMES.toSorted(), read.map(({ name }) => name).toSorted())
  },
)

local.run()

type Upstream = Awaited<ReturnType<typeof recordingUpstream>>

function statusFrom(localAddress: string, url: string): Promise<number> {
  return new Promise((done, failed) =>
    get(url, { localAddress, agent: false }, (answer) => done(answer.resume().statusCode!)).once('error', failed),
  )
}

/** Keeps answers to slow requests back, until the returned function is called. */
function hold(upstream: Upstream): () => void {
  const waiting: (() => void)[] = []
  let held = true
  upstream.answer = ({ url }, response) => {
    if (held && url.includes('order=')) waiting.push(() => response.end('[]'))
    else response.end('[]')
  }
  return () => {
    held = false
    for (const answer of waiting) answer()
  }
}
