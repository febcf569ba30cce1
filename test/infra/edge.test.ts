import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { suite } from 'uvu'
import v1 from '../../infra/edge/v1.js'
import { cloudFrontCode } from '../../tooling/lib/cloud/cloudfront-function.ts'
import { type Nginx, startNginx } from '../../tooling/lib/local/nginx.ts'
import { CASES, type Case, tokenOf } from '../support/edge-cases.ts'
import { haveNginx } from '../support/nginx.ts'
import { rawRequest } from '../support/raw-request.ts'
import { recordingUpstream } from '../support/upstream.ts'

// One table of requests, put to the same v1.js in Node, in nginx's njs and in a sandbox like CloudFront's.

// nginx looks at the cleaned path first: what climbs out of /api and /v1 never comes to the function, but to the page.
const PAGE_IN_NGINX = new Set(['/api/posts/../../etc'])

const test = suite('edge')

test('in Node, every request of the table comes out as the contract says', () => {
  for (const [method, target, outcome] of CASES) {
    const [path, query] = split(target)
    const routed = v1.route(method, path, query, tokenOf(outcome))
    assert.ok(routed, target)
    check(`${method} ${target}`, outcome, 'error' in routed ? routed : { target: join2(routed.path, routed.query) })
  }
})

test('a path that is not the API is left alone', () => {
  for (const path of ['/', '/index.html', '/v10/feed', '/apis', '//v1/feed', '/x/v1/feed', '/V1/feed', '', '*'])
    assert.equal(v1.route('GET', path, 'a=b'), null, path)
})

test('in a sandbox like CloudFront Functions 2.0, every request comes out the same', () => {
  const handler = cloudFrontHandler()
  for (const [method, target, outcome] of CASES) {
    const [path, query] = split(target)
    const token = tokenOf(outcome)
    const headers = token ? { authorization: { value: token } } : {}
    const result = handler(viewerRequest(method, path, target.includes('?') ? query : undefined, headers))
    const name = `CloudFront: ${method} ${target}`
    if (!('statusCode' in result)) {
      check(name, outcome, { target: join2(result.uri, result.querystring) })
      continue
    }
    assert.equal(result.headers['content-type'].value, 'application/json; charset=utf-8', name)
    assert.equal(result.body.encoding, 'text', name)
    const allow = result.headers.allow?.value ?? null
    check(name, outcome, { status: result.statusCode, allow, error: JSON.parse(result.body.data) })
  }
})

test('CloudFront gets the page untouched, and code within its limits', () => {
  const event = viewerRequest('GET', '/index.html', 'a=b')
  assert.equal(cloudFrontHandler()(event), event.request)
  assert.ok(Buffer.byteLength(cloudFrontCode()) <= 10_240)
  assert.doesNotMatch(cloudFrontCode(), /^\s*(import|export)\b/m)
})

test('an API key is the token of an ingest call without one; reads pass no credentials on', () => {
  const sent = (path: string, authorization?: string, apiKey?: string) => {
    const routed = v1.route(path.includes('digest') ? 'GET' : 'POST', path, '', authorization, apiKey)!
    return 'authorization' in routed ? routed.authorization : routed.status
  }
  for (const path of ['/v1/ingest/posts/batch', '/v1/ingest/runs', '/v1/ingest/digest']) {
    assert.equal(sent(path, undefined, 'abc'), 'Bearer abc')
    assert.equal(sent(path, undefined, 'bearer abc'), 'bearer abc')
    assert.equal(sent(path, 'Bearer own', 'abc'), 'Bearer own')
    assert.equal(sent(path, 'Bearer own'), 'Bearer own')
    assert.equal(sent(path), path.includes('digest') ? '' : 401)
  }
  const read = (path: string) => v1.route('GET', path, '', 'Bearer foreign', 'foreign')
  for (const path of ['/v1/feed', '/v1/posts/1', '/v1/health'])
    assert.equal((read(path) as { authorization: string }).authorization, '', path)
  // PostgREST as it is: a token is a token, and a key is nothing.
  for (const path of ['/api', '/api/posts', '/api/rpc/feed'])
    assert.equal((read(path) as { authorization: string }).authorization, 'Bearer foreign', path)
  assert.equal(sent('/api/rpc/ingest_posts', undefined, 'abc'), 401)

  const handler = cloudFrontHandler()
  const headersOf = (method: string, uri: string, headers: Record<string, { value: string }>) => {
    const result = handler(viewerRequest(method, uri, undefined, headers))
    assert.ok(!('statusCode' in result))
    return result.headers
  }
  assert.equal(
    headersOf('POST', '/v1/ingest/runs', { 'x-api-key': { value: 'abc' } }).authorization!.value,
    'Bearer abc',
  )
  assert.equal(headersOf('GET', '/v1/feed', { authorization: { value: 'Bearer foreign' } }).authorization, undefined)
})

test('CloudFront marks slow requests for the database, whatever a client says', () => {
  const handler = cloudFrontHandler()
  const markOf = (uri: string, query: string, headers: Record<string, HeaderValue> = {}) => {
    const result = handler(viewerRequest('GET', uri, query, headers))
    assert.ok(!('statusCode' in result))
    return result.headers['x-xmonitor-slow']?.value
  }
  const prefer = { value: 'timezone=UTC', multiValue: [{ value: 'timezone=UTC' }, { value: 'count=exact' }] }
  assert.equal(markOf('/api/rpc/feed', 'q=rain'), '1')
  assert.equal(markOf('/v1/feed', 'q=rain', { 'x-xmonitor-slow': { value: '' } }), '1')
  assert.equal(markOf('/api/posts', ''), '1')
  assert.equal(markOf('/api/rpc/feed', 'limit=5', { prefer }), '1')
  assert.equal(markOf('/api/rpc/feed', 'limit=5', { range: { value: '50-99' } }), '1')
  assert.equal(markOf('/api/rpc/feed', 'limit=5', { 'x-xmonitor-slow': { value: '1' } }), undefined)
})

// What reaches PostgREST: the target, and the token.
const PRIVATE_CASES: [target: string, sent: Record<string, string>, arrives: [target: string, token?: string]][] = [
  ['/v1/feed', { authorization: 'Bearer a' }, ['/rpc/feed_page', 'Bearer a']],
  ['/v1/posts/1', { 'x-api-key': 'a' }, ['/rpc/post?status_id=1', 'Bearer a']],
  ['/v1/stats/summary', {}, ['/rpc/stats']],
  ['/v1/health', { authorization: 'Bearer foreign', 'x-api-key': 'foreign' }, ['/rpc/health']],
  ['/api/rpc/feed', { authorization: 'Bearer a' }, ['/rpc/feed', 'Bearer a']],
  ['/api/rpc/feed_atom?token=a.b-c_d', {}, ['/rpc/feed_atom', 'Bearer a.b-c_d']],
  ['/api/rpc/feed_atom?tier=a&token=t&tier=b&q=%20', {}, ['/rpc/feed_atom?tier=a,b&q=%20', 'Bearer t']],
  ['/api/rpc/digest_atom?zone=Europe/Berlin&token=t', {}, ['/rpc/digest_atom?zone=Europe/Berlin', 'Bearer t']],
  ['/api/rpc/feed_atom?token=t', { authorization: 'Bearer a' }, ['/rpc/feed_atom', 'Bearer a']],
]
const NO_TOKENS = ['', 'a%0d%0aHost:%20b', 'a%20b', 'a,b', '%61', 'a"b']

test('in a private feed the edge passes tokens of reads on, and makes a header of the one in an Atom address', () => {
  const handler = cloudFrontHandler({ isPrivate: true })
  for (const [target, sent, [arrives, token = '']] of PRIVATE_CASES) {
    const [path, query] = split(target)
    const routed = v1.route('GET', path, query, sent.authorization, sent['x-api-key'], true)
    assert.ok(routed && 'path' in routed, target)
    assert.deepEqual([join2(routed.path, routed.query), routed.authorization], [arrives, token], target)
    const headers = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, { value }]))
    const result = handler(viewerRequest('GET', path, query || undefined, headers))
    assert.ok(!('statusCode' in result), target)
    const cloudFront = [join2(result.uri, result.querystring), result.headers.authorization?.value ?? '']
    assert.deepEqual(cloudFront, [arrives, token], `CloudFront: ${target}`)
  }
  for (const token of NO_TOKENS) {
    const refused = v1.route('GET', '/api/rpc/feed_atom', `token=${token}`, '', '', true)
    assert.ok(refused && 'error' in refused && refused.status === 400, token)
  }
})

if (haveNginx()) {
  let upstream: Awaited<ReturnType<typeof recordingUpstream>>
  let nginx: Nginx
  const page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))

  test.before(async () => {
    upstream = await recordingUpstream()
    // The table writes more in a second than a collector may.
    nginx = await startNginx({ api: upstream.url, page, change: { 'rate=10r/s': 'rate=1000r/s' } })
  })
  test.after(async () => {
    await nginx?.stop()
    await upstream?.close()
    rmSync(page, { recursive: true })
  })

  test('in nginx, every request comes out the same', async () => {
    for (const [method, target, outcome] of CASES) {
      if (PAGE_IN_NGINX.has(target)) continue
      upstream.seen.length = 0
      const token = tokenOf(outcome)
      const answer = await rawRequest(nginx.url, target, {
        method,
        ...(token && { headers: { Authorization: token } }),
      })
      const name = `nginx: ${method} ${target}`
      const [arrived] = upstream.seen
      if (arrived) {
        assert.equal(answer.status, 200, name)
        // Its cache asks for the whole where a HEAD would do, to keep it.
        assert.equal(arrived.method, method === 'HEAD' ? 'GET' : method, name)
        check(name, outcome, { target: arrived.url })
        continue
      }
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8', name)
      // The answer to a HEAD has no body.
      const error = method === 'HEAD' ? undefined : JSON.parse(answer.body)
      check(name, outcome, { status: answer.status, allow: answer.headers.get('allow'), error })
    }
  })

  test('in nginx, an address with bytes beyond ASCII is refused: it has to be percent-encoded', async () => {
    for (const target of ['/v1/feed?q=\xff\xfe', '/v1/posts/\xc3\xa9\xff', '/api/\xff?\xff', '/v1/feed?\xc3\xa9=1']) {
      upstream.seen.length = 0
      const answer = await rawRequest(nginx.url, Buffer.from(target, 'latin1'))
      assert.equal(answer.status, 400, target)
      assert.equal(JSON.parse(answer.body).code, 'XM400', target)
      assert.deepEqual(upstream.seen, [], target)
    }
  })
}

test.run()

type Got = { target: string } | { status: number; allow: string | null; error?: unknown }

function check(name: string, outcome: Case[2], got: Got): void {
  if (typeof outcome === 'string') {
    assert.deepEqual(got, { target: outcome }, name)
    return
  }
  const [status, message, allow = null] = outcome
  assert.ok('status' in got, `${name} was handed on`)
  assert.equal(got.status, status, name)
  assert.equal(got.allow, allow, name)
  if (!got.error) return
  assert.deepEqual(Object.keys(got.error), ['code', 'message', 'details', 'hint'], name)
  assert.equal((got.error as { message: string }).message, message, name)
}

function split(target: string): [path: string, query: string] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}

function join2(path: string, query: string): string {
  return query ? `${path}?${query}` : path
}

type ViewerRequest = ReturnType<typeof viewerRequest>
type HeaderValue = { value: string; multiValue?: { value: string }[] }
type Result =
  | { uri: string; querystring: string; headers: Record<string, { value: string }> }
  | {
      statusCode: number
      headers: { 'content-type': { value: string }; allow?: { value: string } }
      body: { encoding: string; data: string }
    }

/** An event as CloudFront hands it over; of a query with repeated names, the object has lost the order. */
function viewerRequest(
  method: string,
  uri: string,
  query: string | undefined,
  headers: Record<string, HeaderValue> = {},
) {
  const request = {
    method,
    uri,
    querystring: Object.fromEntries(new URLSearchParams(query)) as object,
    headers: { host: { value: 'd111111abcdef8.cloudfront.net' }, ...headers },
    cookies: {},
    rawQueryString: () => query,
  }
  const context = { distributionId: 'EDFDVBD6EXAMPLE', eventType: 'viewer-request', requestId: 'x' }
  return { version: '1.0', context, viewer: { ip: '198.51.100.1' }, request }
}

/** The code as it is deployed, where there is no eval, no module, no timer, no network, and nothing newer than ES2021. */
function cloudFrontHandler({ isPrivate = false } = {}): (event: ViewerRequest) => Result {
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } })
  runInContext(
    `for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'Intl']) delete globalThis[name]
     delete Object.hasOwn
     for (const [type, names] of [[Array, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'with']], [String, ['at', 'isWellFormed']]])
       for (const name of names) delete type.prototype[name]`,
    context,
  )
  runInContext(`const PRIVATE = '${isPrivate}'\n${cloudFrontCode()}`, context)
  return runInContext('handler', context)
}
