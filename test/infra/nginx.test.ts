import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import { type Nginx, startNginx } from '../../tooling/lib/local/nginx.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { haveNginx } from '../support/nginx.ts'
import { rawRequest } from '../support/raw-request.ts'
import { recordingUpstream, type Seen } from '../support/upstream.ts'

const HEADERS: Record<string, string> = JSON.parse(readFileSync(join(PROJECT, 'infra/headers.json'), 'utf8'))
const LONG = JSON.stringify({ items: Array.from({ length: 200 }, (_, index) => ({ status_id: String(index) })) })

const test = suite('nginx')

test('the headers it sends are those of infra/headers.json', () => {
  const text = readFileSync(join(PROJECT, 'infra/nginx/headers.conf'), 'utf8')
  const sent = [...text.matchAll(/^add_header (\S+) "([^"]*)" always;$/gm)].map(([, name, value]) => [name, value])
  assert.deepEqual(Object.fromEntries(sent), HEADERS)
})

if (haveNginx()) {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))
  const page = join(folder, 'dist')
  let upstream: Awaited<ReturnType<typeof recordingUpstream>>
  let nginx: Nginx

  test.before(async () => {
    upstream = await recordingUpstream()
    // A patience that a test can wait for.
    nginx = await startNginx({
      api: upstream.url,
      page,
      change: { 'client_body_timeout 10s': 'client_body_timeout 1s' },
    })
  })
  test.before.each(() => {
    upstream.seen.length = 0
    upstream.answer = (_request, response) => response.end('{}')
  })
  test.after(async () => {
    await nginx?.stop()
    await upstream?.close()
    rmSync(folder, { recursive: true })
  })

  const get = (path: string, headers: Record<string, string> = {}) => rawRequest(nginx.url, path, { headers })

  test('without a built page it says what to run, and the API answers all the same', async () => {
    const answer = await get('/')
    assert.equal(answer.status, 503)
    assert.ok(answer.body.includes('npm run build'))
    assert.equal((await get('/v1/health')).status, 200)
  })

  test('the page is served as soon as it is built, any name without an extension is the page, a missing file is 404', async () => {
    mkdirSync(join(page, 'assets'), { recursive: true })
    writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>')
    writeFileSync(join(page, 'manifest.webmanifest'), '{}')
    writeFileSync(join(page, 'assets/index-abc123.js'), `export default ${LONG}`)
    writeFileSync(join(folder, 'secret.txt'), 'not to be seen')

    for (const path of ['/', '/index.html', '/posts', '/?tier=teammate&q=a', '//v1/feed', '/v1/../x', '/%76%31x']) {
      const answer = await get(path)
      assert.equal(answer.status, 200, path)
      assert.ok(answer.body.includes('<title>page</title>'))
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.equal(answer.headers.get('cache-control'), 'no-cache')
    }
    assert.equal((await get('/manifest.webmanifest')).headers.get('content-type'), 'application/manifest+json')
    const script = await get('/assets/index-abc123.js')
    assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.match(script.headers.get('content-type')!, /javascript/)
    for (const path of ['/assets/', '/assets/no.js', '/nothing.txt', '/.env', '/assets/../../secret.txt'])
      assert.equal((await get(path)).status, path.includes('..') ? 400 : 404, path)
  })

  test('no path leads out of the page or around the edge function', async () => {
    const hosts = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
      '/assets/..\\..\\secret.txt',
    ]
    for (const path of hosts) {
      const answer = await get(path)
      assert.ok([200, 400, 404].includes(answer.status), path)
      assert.ok(!answer.body.includes('not to be seen'))
    }
    for (const path of ['/api/../secret.txt', '/x/../api/posts', '/x/%2e%2e/v1/feed', '/./api/posts', '/%61pi/posts'])
      assert.ok((await get(path)).status >= 400 || (await get(path)).body.includes('<title>page'), path)
    assert.deepEqual(upstream.seen, [], 'none of them reached PostgREST')
  })

  test('line breaks in a query stay encoded, and raw ones are no request', async () => {
    await get('/api/rpc/feed?q=%0d%0aX-Injected:%201')
    assert.equal(upstream.seen[0]!.url, '/rpc/feed?q=%0d%0aX-Injected:%201')
    assert.equal(upstream.seen[0]!.headers['x-injected'], undefined)
    for (const target of ['/v1/feed?q=a b', '/v1/feed?q=\t', '/v1/feed?q=\0']) {
      upstream.seen.length = 0
      const answer = await get(target)
      assert.equal(answer.status, 400, JSON.stringify(target))
      assert.equal(JSON.parse(answer.body).code, 'XM400')
      assert.deepEqual(upstream.seen, [])
    }
  })

  test('every answer carries the headers of the list, the errors too', async () => {
    const answers = [
      await get('/'),
      await get('/assets/index-abc123.js'),
      await get('/nothing.txt'),
      await get('/manifest.webmanifest'),
      await get('/v1/health'),
      await get('/v1/nope'),
      await get(`/v1/feed?q=${'a'.repeat(10_000)}`),
    ]
    for (const { headers } of answers)
      for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers.get(name), value, name)
  })

  test('a public answer is kept as long as its Cache-Control says, and PostgREST is asked once', async () => {
    upstream.answer = keeps('public, max-age=60')
    const first = await get('/v1/feed?limit=3')
    const second = await get('/v1/feed?limit=3')
    assert.deepEqual(
      [first, second].map((each) => each.headers.get('x-cache')),
      ['MISS', 'HIT'],
    )
    assert.equal(first.body, second.body)
    assert.equal(upstream.seen.length, 1)
    // The same call under its other name is the same answer.
    assert.equal((await get('/api/rpc/feed_page?page_size=3')).headers.get('x-cache'), 'HIT')
    assert.equal(upstream.seen.length, 1)

    upstream.answer = keeps('public, max-age=1')
    assert.equal((await get('/v1/feed?limit=4')).headers.get('x-cache'), 'MISS')
    await sleep(2100)
    assert.equal((await get('/v1/feed?limit=4')).headers.get('x-cache'), 'EXPIRED')
    assert.equal(upstream.seen.length, 3)
  })

  test('what is not marked public, or is private, or came with a token or a range, is not kept', async () => {
    for (const [control, headers] of [
      ['', {}],
      ['no-store', {}],
      ['private, max-age=60', {}],
      ['public, max-age=60', { Authorization: 'Bearer x' }],
      ['public, max-age=60', { Range: '0-9', 'Range-Unit': 'items' }],
    ] as const) {
      upstream.seen.length = 0
      upstream.answer = keeps(control)
      for (let time = 0; time < 2; time++) await get(`/api/posts?url=${encodeURIComponent(control)}`, headers)
      assert.equal(upstream.seen.length, 2, `${control} ${JSON.stringify(headers)}`)
    }
    assert.equal(upstream.seen[0]!.headers.range, '0-9', 'PostgREST pages by the Range header')
  })

  test('a token never brings a kept answer, nor does one that asks for another format', async () => {
    upstream.answer = keeps('public, max-age=60')
    await get('/api/feed?url')
    for (const headers of [
      { Authorization: 'Bearer x' },
      { Accept: 'text/csv' },
      { 'Accept-Profile': 'api' },
      { Prefer: 'count=exact' },
      { Origin: 'https://example.com' },
    ] as Record<string, string>[])
      assert.notEqual((await get('/api/feed?url', headers)).headers.get('x-cache'), 'HIT', JSON.stringify(headers))
    assert.equal((await get('/api/feed?url')).headers.get('x-cache'), 'HIT')
    assert.equal(upstream.seen.length, 6)
  })

  test('while an answer is renewed, everybody gets the old one at once and PostgREST is asked once', async () => {
    upstream.answer = keeps('public, max-age=1, stale-while-revalidate=60')
    await get('/v1/feed?q=crowd')
    await sleep(2100)
    upstream.seen.length = 0
    // The new answer comes when all have the old one: whoever waited for it would wait for ever.
    const [all, renew] = gate()
    upstream.answer = async (_request, response) => {
      await all
      response.setHeader('cache-control', 'public, max-age=60').end('"new"')
    }
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/v1/feed?q=crowd')))
    assert.ok(answers.every((each) => each.body === LONG && /STALE|UPDATING/.test(each.headers.get('x-cache')!)))
    renew()
    let { body } = await get('/v1/feed?q=crowd')
    for (
      const end = Date.now() + 10_000;
      body === LONG && Date.now() < end;
      body = (await get('/v1/feed?q=crowd')).body
    )
      await sleep(50)
    assert.equal(body, '"new"')
    assert.equal(upstream.seen.length, 1)
  })

  test('answers that are not kept do not wait for each other', async () => {
    // The first is answered when the last has arrived: if they waited for each other, none would be.
    const [all, answer] = gate()
    upstream.answer = async (_request, response) => {
      if (upstream.seen.length === 20) answer()
      await all
      response.end('{}')
    }
    await Promise.all(Array.from({ length: 20 }, () => get('/v1/health')))
    assert.equal(upstream.seen.length, 20)
  })

  test('JSON is compressed for those who take it, from the cache too', async () => {
    upstream.answer = keeps('public, max-age=60')
    for (const cache of ['MISS', 'HIT']) {
      const answer = await get('/v1/feed?q=gzip', { 'Accept-Encoding': 'gzip' })
      assert.equal(answer.headers.get('content-encoding'), 'gzip')
      assert.equal(answer.headers.get('x-cache'), cache)
      assert.equal(answer.headers.get('vary'), 'Accept-Encoding')
      assert.equal(gunzipSync(answer.bytes).toString(), LONG)
    }
    assert.equal(upstream.seen[0]!.headers['accept-encoding'], undefined)
    assert.equal(
      (await get('/assets/index-abc123.js', { 'Accept-Encoding': 'gzip' })).headers.get('content-encoding'),
      'gzip',
    )
  })

  test('a write arrives whole, with its token, once', async () => {
    const headers = { Authorization: 'Bearer token', 'Content-Type': 'application/json' }
    // Larger than the buffer for bodies: it goes through a file.
    const body = JSON.stringify({ items: 'x'.repeat(2_000_000) })
    const answer = await rawRequest(nginx.url, '/v1/ingest/posts/batch', { method: 'POST', headers, body })
    assert.equal(answer.status, 200)
    assert.equal(upstream.seen.length, 1)
    const [arrived] = upstream.seen as [Seen]
    assert.deepEqual([arrived.method, arrived.url], ['POST', '/rpc/ingest_posts'])
    assert.equal(arrived.headers.authorization, 'Bearer token')
    assert.equal(arrived.headers['content-type'], 'application/json')
    assert.ok(arrived.body === body)
  })

  test('what nginx refuses itself is JSON in the shape of PostgREST', async () => {
    const large = { 'Content-Length': String(9_000_000) }
    const cases = [
      [414, await get(`/v1/feed?q=${'a'.repeat(10_000)}`)],
      [431, await get('/v1/feed', { 'X-Long': 'a'.repeat(10_000) })],
      [413, await rawRequest(nginx.url, '/v1/ingest/runs', { method: 'POST', headers: large })],
      [405, await rawRequest(nginx.url, '/index.html', { method: 'POST' })],
      [405, await rawRequest(nginx.url, '/v1/feed', { method: 'TRACE' })],
      [400, await rawRequest(nginx.url, '/v1/feed', { headers: { Host: 'a b' } })],
    ] as const
    for (const [status, answer] of cases) {
      assert.equal(answer.status, status)
      const { code, ...rest } = JSON.parse(answer.body)
      assert.match(code, new RegExp(`^(XM${status}|PGRST\\d+)$`))
      assert.deepEqual(Object.keys(rest), ['message', 'details', 'hint'])
      assert.ok(answer.headers.get('content-type')!.includes('application/json'))
    }
    assert.deepEqual(upstream.seen, [])
  })

  test('an address of 7,000 characters arrives whole', async () => {
    const q = 'a'.repeat(7000)
    assert.equal((await get(`/v1/feed?q=${q}`)).status, 200)
    assert.equal(upstream.seen[0]!.url, `/rpc/feed_page?q=${q}`)
  })

  test("PostgREST's own errors pass unchanged, its inner path does not", async () => {
    const body = '{"code":"PGRST003","message":"Timed out","details":null,"hint":null}'
    upstream.answer = (_request, response) => {
      response.setHeader('content-location', '/rpc/feed_page')
      response.writeHead(504).end(body)
    }
    const answer = await get('/v1/feed')
    assert.deepEqual([answer.status, answer.body], [504, body])
    assert.equal(answer.headers.get('content-location'), null)
  })

  test('without PostgREST it is 503 and JSON, and good again by itself', async () => {
    upstream.answer = (_request, response) => response.destroy()
    const answer = await get('/api/posts?url=away')
    assert.equal(answer.status, 503)
    assert.equal(JSON.parse(answer.body).code, 'XM503')
    assert.equal(answer.headers.get('retry-after'), '5')
    assert.equal(answer.headers.get('cache-control'), 'no-store')

    upstream.answer = (_request, response) => response.end('{}')
    assert.equal((await get('/api/posts?url=away')).status, 200)
  })

  test('nobody keeps a connection busy with half a request', async () => {
    const start = Date.now()
    const headers = { 'Content-Length': '100' }
    const half = rawRequest(nginx.url, '/v1/ingest/runs', { method: 'POST', headers, body: '{' })
    await half.then(
      (answer) => assert.equal(answer.status, 408),
      (error) => assert.equal(error.code, 'ECONNRESET'),
    )
    assert.ok(Date.now() - start < 5000)
    assert.deepEqual(upstream.seen, [])
  })

  test('writes with one token are limited, reads of a known cost are not', async () => {
    const headers = { Authorization: 'Bearer token' }
    const write = () => rawRequest(nginx.url, '/v1/ingest/runs', { method: 'POST', headers, body: '{}' })
    const answers = await Promise.all(Array.from({ length: 60 }, write))
    const refused = answers.filter((each) => each.status === 429)
    assert.ok(refused.length > 0 && refused.length < 40, `${refused.length} of 60 refused`)
    assert.equal(JSON.parse(refused[0]!.body).code, 'XM429')
    assert.equal(refused[0]!.headers.get('retry-after'), '1')
    const reads = await Promise.all(Array.from({ length: 60 }, () => get('/api/rpc/feed?limit=2')))
    assert.ok(reads.every((each) => each.status === 200))
  })

  test('it logs one line per request, and nothing worse than a refused upstream', () => {
    assert.match(nginx.log(), /"GET \/v1\/feed\?limit=3 HTTP\/1\.1" 200 \d+ [\d.]+s cache=HIT/)
    assert.doesNotMatch(nginx.log(), /\[(alert|emerg|crit)\]|SyntaxError|TypeError/)
  })
}

test.run()

/** What waits until it is opened, and what opens it. */
function gate(): [opened: Promise<void>, open: () => void] {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return [opened, open]
}

function keeps(control: string) {
  return (_request: Seen, response: import('node:http').ServerResponse) => {
    if (control) response.setHeader('cache-control', control)
    response.end(LONG)
  }
}
