import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import v1 from '../../infra/edge/v1.js'
import { cloudFrontCode } from '../../tooling/lib/edge.ts'
import { type Nginx, startNginx } from '../../tooling/lib/nginx.ts'
import { haveNginx } from '../support/nginx.ts'
import { rawRequest } from '../support/raw-request.ts'
import { recordingUpstream } from '../support/upstream.ts'

// One table of requests, put to the same v1.js in Node, in nginx's njs and in a sandbox like CloudFront's.

const PROJECT = resolve(import.meta.dirname, '../..')

/** A request target, and what becomes of it: PostgREST's target, or a status with what the error's message names. */
type Case = [method: string, target: string, outcome: string | [status: number, message: string, allow?: string]]

const UNKNOWN: Case[2] = [404, 'No such call in /v1.']
const CASES: Case[] = [
  // Every call of the contract.
  ['GET', '/v1/health', '/rpc/health'],
  ['HEAD', '/v1/health', '/rpc/health'],
  ['GET', '/v1/feed', '/rpc/feed_page'],
  ['GET', '/v1/feed?limit=20', '/rpc/feed_page?page_size=20'],
  ['GET', '/v1/posts/1790000000000000001', '/rpc/post?status_id=1790000000000000001'],
  ['GET', '/v1/watch-accounts', '/watch_accounts?order=tier.asc,handle.asc'],
  ['GET', '/v1/watch-accounts?tier=Influencer', '/watch_accounts?order=tier.asc,handle.asc&tier=in.(influencer)'],
  [
    'GET',
    '/v1/watch-accounts?tier=teammate%2C%20other',
    '/watch_accounts?order=tier.asc,handle.asc&tier=in.(teammate,other)',
  ],
  ['GET', '/v1/stats/summary', '/rpc/stats'],
  ['POST', '/v1/ingest/posts/batch', '/rpc/ingest_posts'],
  ['POST', '/v1/ingest/metrics/batch', '/rpc/ingest_metrics'],
  ['POST', '/v1/ingest/reports/batch', '/rpc/ingest_reports'],
  ['POST', '/v1/ingest/watch-accounts/batch', '/rpc/ingest_watch_accounts'],
  ['POST', '/v1/ingest/runs', '/rpc/ingest_run'],

  // Parameters arrive as they were written: encoding, order, repetition, emptiness.
  [
    'GET',
    '/v1/feed?since=2024-01-01T00%3a00%3A00%2B00:00&until=&tier=a,b&handle=%40Ann&significant=true&q=a+b%20%22c%22&cursor=x_-~&limit=1',
    '/rpc/feed_page?since=2024-01-01T00%3a00%3A00%2B00:00&until=&tier=a,b&handle=%40Ann&significant=true&q=a+b%20%22c%22&cursor=x_-~&page_size=1',
  ],
  ['GET', '/v1/feed?limit=1&limit=2&tier=a&tier=b', '/rpc/feed_page?page_size=1&page_size=2&tier=a&tier=b'],
  ['GET', '/v1/feed?', '/rpc/feed_page'],
  ['GET', '/v1/feed?&&limit=3&', '/rpc/feed_page?page_size=3'],
  ['GET', '/v1/feed?q', '/rpc/feed_page?q='],
  ['GET', '/v1/feed?q=a=b=c', '/rpc/feed_page?q=a=b=c'],
  ['GET', '/v1/feed?q=%F0%9F%98%80%E2%82%AC', '/rpc/feed_page?q=%F0%9F%98%80%E2%82%AC'],
  ['GET', '/v1/feed?q=%0d%0aSet-Cookie:%20a', '/rpc/feed_page?q=%0d%0aSet-Cookie:%20a'],
  ['GET', '/v1/feed?q=%00%ff%zz%', '/rpc/feed_page?q=%00%ff%zz%'],
  ['GET', '/v1/feed?q=what?/../&q=?', '/rpc/feed_page?q=what?/../&q=?'],
  ['GET', '/v1/feed?%6cimit=5', '/rpc/feed_page?page_size=5'],

  // PostgREST would take a ; as the end of a parameter, and its own parameters stay its own.
  ['GET', '/v1/feed?q=a;select=status_id', '/rpc/feed_page?q=a%3Bselect=status_id'],
  ['GET', '/v1/feed?page_size=5', [400, "Unknown parameter 'page_size'."]],
  ['GET', '/v1/feed?select=url', [400, "Unknown parameter 'select'."]],
  ['GET', '/v1/feed?Limit=5', [400, "Unknown parameter 'Limit'."]],
  ['GET', '/v1/feed?constructor=1', [400, "Unknown parameter 'constructor'."]],
  ['GET', '/v1/feed?__proto__=1', [400, "Unknown parameter '__proto__'."]],
  ['GET', '/v1/feed?=1', [400, "Unknown parameter ''."]],
  ['GET', '/v1/feed?%ff=1', [400, "Unknown parameter '%ff'."]],
  ['GET', '/v1/feed?a%22%0a=1', [400, `Unknown parameter 'a"\n'.`]],
  ['GET', '/v1/health?x=1', [400, "Unknown parameter 'x'."]],
  ['GET', '/v1/posts/1?status_id=2', [400, "Unknown parameter 'status_id'."]],
  ['POST', '/v1/ingest/posts/batch?columns=x', [400, "Unknown parameter 'columns'."]],
  ['GET', '/v1/watch-accounts?tier=boss', [400, "'tier' is wrong."]],
  ['GET', '/v1/watch-accounts?tier=', [400, "'tier' is wrong."]],
  ['GET', '/v1/watch-accounts?tier=other)&tier=%ff', [400, "'tier' is wrong."]],

  // A status id is one segment of the path, whatever is in it.
  ['GET', '/v1/posts/a%2Fb%3Fc%23d', '/rpc/post?status_id=a%2Fb%3Fc%23d'],
  ['GET', '/v1/posts/1&select=x', '/rpc/post?status_id=1%26select=x'],
  ['GET', '/v1/posts/1;select=x', '/rpc/post?status_id=1%3Bselect=x'],
  ['GET', '/v1/posts/1+2', '/rpc/post?status_id=1%2B2'],
  ['GET', '/v1/posts/1/2', UNKNOWN],
  ['GET', '/v1/posts/', UNKNOWN],
  ['GET', '/v1/posts', UNKNOWN],

  // Anything else under /v1 is not there.
  ['GET', '/v1', UNKNOWN],
  ['GET', '/v1/', UNKNOWN],
  ['GET', '/v1/feed/', UNKNOWN],
  ['GET', '/v1/Feed', UNKNOWN],
  ['GET', '/v1/fee%64', UNKNOWN],
  ['GET', '/v1/rpc/feed', UNKNOWN],
  ['GET', '/v1//feed', UNKNOWN],
  ['GET', '/v1/./feed', UNKNOWN],
  ['GET', '/v1/x/../feed', UNKNOWN],
  ['GET', '/v1/%2e/feed', UNKNOWN],
  ['DELETE', '/v1/nope', UNKNOWN],

  // A wrong method is told the right one.
  ['POST', '/v1/feed', [405, 'This call does not take POST.', 'GET, HEAD']],
  ['DELETE', '/v1/posts/1', [405, 'This call does not take DELETE.', 'GET, HEAD']],
  ['OPTIONS', '/v1/health', [405, 'This call does not take OPTIONS.', 'GET, HEAD']],
  ['GET', '/v1/ingest/runs', [405, 'This call does not take GET.', 'POST']],
  ['HEAD', '/v1/ingest/runs', [405, 'This call does not take HEAD.', 'POST']],
  ['PUT', '/v1/ingest/posts/batch', [405, 'This call does not take PUT.', 'POST']],

  // /api is PostgREST as it is, prefix and nothing else taken off.
  ['GET', '/api', '/'],
  ['GET', '/api/', '/'],
  ['GET', '/api/posts?select=*,reports(*)&limit=2', '/posts?select=*,reports(*)&limit=2'],
  ['POST', '/api/rpc/ingest_run', '/rpc/ingest_run'],
  ['OPTIONS', '/api/posts', '/posts'],
  ['GET', '/api/a%2Fb/%2e%2e/c?x=%2F;y', '/a%2Fb/%2e%2e/c?x=%2F;y'],
  ['GET', '/api/posts/../../etc', '/posts/../../etc'],
  ['GET', '/api//posts', '//posts'],
  ['GET', '/api/v1/feed', '/v1/feed'],
]

// nginx looks at the cleaned path first: what climbs out of /api and /v1 never comes to the function, but to the page.
const PAGE_IN_NGINX = new Set(['/api/posts/../../etc'])

const test = suite('edge')

test('in Node, every request of the table comes out as the contract says', () => {
  for (const [method, target, outcome] of CASES) {
    const [path, query] = split(target)
    const routed = v1.route(method, path, query)
    assert.ok(routed, target)
    check(`${method} ${target}`, outcome, 'error' in routed ? routed : { target: join2(routed.path, routed.query) })
  }
})

test('a path that is not the API is left alone', () => {
  for (const path of ['/', '/index.html', '/v10/feed', '/apis', '//v1/feed', '/x/v1/feed', '/V1/feed', '', '*'])
    assert.is(v1.route('GET', path, 'a=b'), null, path)
})

test('in a sandbox like CloudFront Functions 2.0, every request comes out the same', () => {
  const handler = cloudFrontHandler()
  for (const [method, target, outcome] of CASES) {
    const [path, query] = split(target)
    const result = handler(viewerRequest(method, path, target.includes('?') ? query : undefined))
    const name = `CloudFront: ${method} ${target}`
    if (!('statusCode' in result)) {
      check(name, outcome, { target: join2(result.uri, result.querystring) })
      continue
    }
    assert.is(result.headers['content-type'].value, 'application/json; charset=utf-8', name)
    assert.is(result.body.encoding, 'text', name)
    const allow = result.headers.allow?.value ?? null
    check(name, outcome, { status: result.statusCode, allow, error: JSON.parse(result.body.data) })
  }
})

test('CloudFront gets the page untouched, and code within its limits', () => {
  const event = viewerRequest('GET', '/index.html', 'a=b')
  assert.is(cloudFrontHandler()(event), event.request)
  assert.ok(Buffer.byteLength(cloudFrontCode()) <= 10_240)
  assert.not.match(cloudFrontCode(), /^\s*(import|export)\b/m)
})

test('the tiers it knows are those of the database, and other', () => {
  const tables = readFileSync(join(PROJECT, 'db/migrations/20260301000200_tables.sql'), 'utf8')
  const [, list] = /tier text not null check \(tier in \(([^)]+)\)\)/.exec(tables) as unknown as [string, string]
  for (const tier of [...list.matchAll(/'(\w+)'/g)].map((each) => each[1]!).concat('other'))
    assert.ok('path' in v1.route('GET', '/v1/watch-accounts', `tier=${tier}`)!, tier)
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
      const answer = await rawRequest(nginx.url, target, { method })
      const name = `nginx: ${method} ${target}`
      const [arrived] = upstream.seen
      if (arrived) {
        assert.is(answer.status, 200, name)
        // Its cache asks for the whole where a HEAD would do, to keep it.
        assert.is(arrived.method, method === 'HEAD' ? 'GET' : method, name)
        check(name, outcome, { target: arrived.url })
        continue
      }
      assert.is(answer.headers.get('content-type'), 'application/json; charset=utf-8', name)
      // The answer to a HEAD has no body.
      const error = method === 'HEAD' ? undefined : JSON.parse(answer.body)
      check(name, outcome, { status: answer.status, allow: answer.headers.get('allow'), error })
    }
  })

  test('in nginx, an address with bytes beyond ASCII is refused: it has to be percent-encoded', async () => {
    for (const target of ['/v1/feed?q=\xff\xfe', '/v1/posts/\xc3\xa9\xff', '/api/\xff?\xff', '/v1/feed?\xc3\xa9=1']) {
      upstream.seen.length = 0
      const answer = await rawRequest(nginx.url, Buffer.from(target, 'latin1'))
      assert.is(answer.status, 400, target)
      assert.is(JSON.parse(answer.body).code, 'XM400', target)
      assert.equal(upstream.seen, [], target)
    }
  })
}

test.run()

type Got = { target: string } | { status: number; allow: string | null; error?: unknown }

function check(name: string, outcome: Case[2], got: Got): void {
  if (typeof outcome === 'string') {
    assert.equal(got, { target: outcome }, name)
    return
  }
  const [status, message, allow = null] = outcome
  assert.ok('status' in got, `${name} was handed on`)
  assert.is(got.status, status, name)
  assert.is(got.allow, allow, name)
  if (!got.error) return
  assert.equal(Object.keys(got.error), ['code', 'message', 'details', 'hint'], name)
  assert.is((got.error as { message: string }).message, message, name)
}

function split(target: string): [path: string, query: string] {
  const mark = target.indexOf('?')
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
}

function join2(path: string, query: string): string {
  return query ? `${path}?${query}` : path
}

type ViewerRequest = ReturnType<typeof viewerRequest>
type Result =
  | { uri: string; querystring: string }
  | {
      statusCode: number
      headers: { 'content-type': { value: string }; allow?: { value: string } }
      body: { encoding: string; data: string }
    }

/** An event as CloudFront hands it over; of a query with repeated names, the object has lost the order. */
function viewerRequest(method: string, uri: string, query: string | undefined) {
  const request = {
    method,
    uri,
    querystring: Object.fromEntries(new URLSearchParams(query)) as object,
    headers: { host: { value: 'd111111abcdef8.cloudfront.net' } },
    cookies: {},
    rawQueryString: () => query,
  }
  const context = { distributionId: 'EDFDVBD6EXAMPLE', eventType: 'viewer-request', requestId: 'x' }
  return { version: '1.0', context, viewer: { ip: '198.51.100.1' }, request }
}

/** The code as it is deployed, where there is no eval, no module, no timer, no network, and nothing newer than ES2021. */
function cloudFrontHandler(): (event: ViewerRequest) => Result {
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } })
  runInContext(
    `for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'Intl']) delete globalThis[name]
     delete Object.hasOwn
     for (const [type, names] of [[Array, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'with']], [String, ['at', 'isWellFormed']]])
       for (const name of names) delete type.prototype[name]`,
    context,
  )
  runInContext(cloudFrontCode(), context)
  return runInContext('handler', context)
}
