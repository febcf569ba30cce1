import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { suite } from 'uvu'
import { $ } from 'zx'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { type Api, SECRET, startApi } from '../support/api.ts'

const smoke = suite('npm run smoke', {} as { api: Api; sick: Server })

smoke.before(async (context) => {
  context.api = await startApi()
  // A site whose health is good, but whose every other response is an empty list.
  context.sick = createServer((request, response) => {
    const health = { ok: true, service: 'xmonitor-api', version: 'v1' }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url === '/v1/health' ? health : []))
  }).listen(0, '127.0.0.1')
})

smoke.after(async ({ api, sick }) => {
  sick?.close()
  await api?.stop()
})

const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  $({ cwd: PROJECT, quiet: true, nothrow: true, env: { ...process.env, ...env } })`npx tsx tooling/smoke.ts ${args}`

smoke('a healthy site: a checklist that begins with the three calls of the runbook', async ({ api }) => {
  const { stdout, exitCode } = await run(['--url', `${api.server.url}/`], { XMONITOR_TOKEN: api.target.token })
  assert.equal(exitCode, 0, stdout)
  const lines = stdout.split('\n')
  for (const [i, beginning] of ['✓ GET /v1/health', '✓ GET /v1/feed?limit=20', '✓ GET /v1/posts/'].entries())
    assert.ok(lines[i]!.startsWith(beginning), lines[i])
  assert.match(stdout, /✓ the token may write\n/)
  assert.match(stdout, /✓ postgrest-js reads the feed, page by page\n/)
  assert.match(stdout, / passed, 0 failed, 0 skipped/)
})

smoke('PostgREST alone, without /v1: checks of /v1 are skipped', async ({ api }) => {
  const { stdout, exitCode } = await run(['--url', api.target.api, '--json'])
  assert.equal(exitCode, 0, stdout)
  const { calls } = JSON.parse(stdout) as { calls: { name: string; outcome: string }[] }
  const left = calls.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name)
  assert.ok(left.length > 0 && left.every((name) => name.startsWith('GET /v1/')), left.join())
})

smoke('a site without an edge, as Amplify serves it: /api is checked, /v1 is skipped', async ({ api }) => {
  // Amplify hands /api/* to the API; everything else is the page, with status 404 under /v1.
  const amplify = createServer(async (request, response) => {
    const { method = 'GET', url = '', headers } = request
    if (!url.startsWith('/api/')) {
      response
        .writeHead(url.startsWith('/v1/') ? 404 : 200, { 'content-type': 'text/html' })
        .end('<title>XMonitor</title>')
      return
    }
    const given = Object.entries(headers).flatMap(([name, value]) =>
      ['host', 'connection', 'content-length', 'transfer-encoding'].includes(name) ? [] : [[name, String(value)]],
    )
    const body = method === 'GET' || method === 'HEAD' ? null : Readable.toWeb(request)
    const init = { method, headers: Object.fromEntries(given), body, duplex: 'half' } as RequestInit
    const answer = await fetch(`${api.server.url}${url}`, init)
    for (const [name, value] of answer.headers)
      if (!['content-encoding', 'content-length', 'transfer-encoding', 'connection'].includes(name))
        response.setHeader(name, value)
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
  })
  const port = await new Promise<number>((resolve) =>
    amplify.listen(0, '127.0.0.1', () => resolve((amplify.address() as AddressInfo).port)),
  )
  const { stdout, exitCode } = await run(['--url', `http://127.0.0.1:${port}`, '--json'])
  amplify.close()
  assert.equal(exitCode, 0, stdout)
  const { calls } = JSON.parse(stdout) as { calls: { name: string; outcome: string }[] }
  assert.deepEqual([...new Set(calls.map(({ outcome }) => outcome))].sort(), ['passed', 'skipped'])
  for (const { name, outcome } of calls) if (outcome === 'skipped') assert.match(name, /^GET \/v1\//)
})

smoke('the token comes from a file, never from the command line', async ({ api }) => {
  const file = join(mkdtempSync(join(tmpdir(), 'xmonitor-token-')), 'token')
  writeFileSync(file, `${api.target.token}\n`)
  const { stdout, exitCode } = await run(['--url', api.server.url, '--token-file', file])
  rmSync(dirname(file), { recursive: true })
  assert.equal(exitCode, 0, stdout)
  assert.match(stdout, /✓ the token may write\n/)
  const missing = await run(['--url', api.server.url, '--token-file', file])
  assert.equal(missing.exitCode, 2)
  assert.match(missing.stderr, /The token file cannot be read: ENOENT/)
  const argument = await run(['--url', api.server.url, '--token', 'x'])
  assert.equal(argument.exitCode, 2)
})

smoke('a private feed: every read with a token; without one, that nothing is readable', async () => {
  const api = await startApi('stand-in', { isPrivate: true })
  const reader = (await makeToken({ role: 'reader', ttl: '5m', secret: SECRET })).token
  const without = await run(['--url', api.server.url])
  const withReader = await run(['--url', api.server.url], { XMONITOR_TOKEN: reader })
  const withIngest = await run(['--url', api.server.url], { XMONITOR_TOKEN: api.target.token })
  await api.stop()
  assert.deepEqual([without.exitCode, withReader.exitCode, withIngest.exitCode], [0, 0, 0], withReader.stdout)
  assert.match(without.stderr, /This feed is private\./)
  assert.match(without.stdout, /✓ GET \/rpc\/feed: nothing can be read without a token\n/)
  assert.match(without.stdout, /- GET \/feed\?limit=20: .*\n {4}there is no token\n/)
  assert.match(withReader.stdout, / passed, 0 failed, 0 skipped/)
  assert.doesNotMatch(withReader.stdout, /the token may write/)
  assert.match(withIngest.stdout, /✓ the token may write\n/)
})

smoke("the API's own address: it must refuse what does not come through the edge", async ({ api }) => {
  const closed = createServer((_, response) => response.writeHead(403).end('{}')).listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const origins = [`http://127.0.0.1:${(closed.address() as AddressInfo).port}`, api.target.api]
  const { stdout, exitCode } = await run(['--url', api.server.url, '--origin', origins.join()])
  closed.close()
  assert.equal(exitCode, 1, stdout)
  assert.match(stdout, /✓ the API's own address refuses what does not come through the edge\n/)
  assert.match(stdout, /✗ the API's own address refuses[^\n]*\n {4}status 200, not 403/)
})

smoke('an unhealthy site: what differs, and exit code 1', async ({ sick }) => {
  const { stdout, exitCode } = await run(['--url', `http://127.0.0.1:${(sick.address() as AddressInfo).port}`])
  assert.equal(exitCode, 1)
  assert.match(stdout, /✓ GET \/v1\/health/)
  assert.match(stdout, /✗ GET \/v1\/feed\?limit=20/)
  assert.match(stdout, /✗ nothing can be written without a token\n {4}status 200, not 401/)
  assert.match(stdout, /- postgrest-js reads the feed, page by page\n {4}there are no posts/)
})

smoke('no site: the problem and the next step', async () => {
  const away = await run(['--url', 'http://127.0.0.1:1'])
  assert.deepEqual(
    [away.exitCode, /^error: http:\/\/127\.0\.0\.1:1 does not answer/.test(away.stderr)],
    [1, true],
    away.stderr,
  )
  const wrong = await run(['--url', 'nonsense'])
  assert.deepEqual([wrong.exitCode, /Invalid --url 'nonsense'/.test(wrong.stderr)], [2, true], wrong.stderr)
})

smoke.run()
