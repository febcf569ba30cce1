import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { type Nginx, startNginx } from '../../tooling/lib/local/nginx.ts'
import { type Api, SECRET, startApi } from '../support/api.ts'
import { haveNginx } from '../support/nginx.ts'
import { recordingUpstream } from '../support/upstream.ts'

// The containers' nginx in front of a private feed.

const test = suite('nginx in front of a private feed')

if (haveNginx()) {
  const page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))
  let api: Api
  let nginx: Nginx
  // Behind it, an API that calls everything public.
  let careless: Nginx | undefined
  let upstream: Awaited<ReturnType<typeof recordingUpstream>> | undefined
  test.before(async () => {
    api = await startApi('stand-in', { isPrivate: true })
    nginx = await startNginx({ api: `${api.server.url}/api`, page, isPrivate: true })
  })
  test.after(async () => {
    await careless?.stop()
    await upstream?.close()
    await nginx?.stop()
    await api?.stop()
    rmSync(page, { recursive: true })
  })

  const reader = async (only?: string) => (await makeToken({ role: 'reader', ttl: '5m', secret: SECRET, only })).token
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(nginx.url + path, { headers })
    return [answer.status, answer.headers.get('x-cache'), await answer.text()] as const
  }

  test('a token reads, before and after requests without one, with a wrong one and with a key', async () => {
    for (const path of ['/v1/feed?limit=2', '/api/rpc/feed?limit=2', '/api/rpc/feed_atom?page_size=2'])
      for (let round = 0; round < 2; round++) {
        assert.equal((await get(path))[0], 401, path)
        const [status, cache, text] = await get(path, { Authorization: `Bearer ${await reader()}` })
        assert.deepEqual([status, cache], [200, null], path)
        assert.match(text, /The last of them/)
        assert.equal((await get(path))[0], 401, `${path}, after it was read with a token`)
        assert.equal((await get(path, { Authorization: 'Bearer a.b.c' }))[0], 401)
      }
    assert.equal((await get('/v1/feed', { 'X-API-Key': await reader() }))[0], 200)
    assert.equal((await get('/v1/health', { 'X-API-Key': 'foreign' }))[0], 200)
  })

  test('the address of an Atom feed holds its token; neither the cache nor the log keeps it', async () => {
    const token = await reader('atom')
    const path = '/api/rpc/feed_atom?page_size=1'
    const [status, cache] = await get(`${path}&token=${token}`)
    assert.deepEqual([status, cache], [200, null])
    assert.equal((await get(path))[0], 401)
    assert.equal((await get(`/api/rpc/feed?token=${token}`))[0], 400)
    // nginx writes a line after it has sent the answer.
    while (!nginx.log().includes('/rpc/feed?***')) await sleep(5)
    const log = nginx.log()
    assert.match(log, /"GET \/api\/rpc\/feed_atom\?\*\*\* HTTP\/1\.1" 200/)
    assert.match(log, /"GET \/api\/rpc\/feed\?\*\*\* HTTP/)
    assert.ok(!log.includes(token.slice(-20)))
  })

  test('an answer to a token is never kept, even if the API called it public', async () => {
    upstream = await recordingUpstream()
    upstream.answer = ({ headers }, response) => {
      response.setHeader('cache-control', 'public, max-age=60')
      response.end(JSON.stringify(headers.authorization ?? 'nobody'))
    }
    careless = await startNginx({ api: upstream.url, page, isPrivate: true })
    const { url } = careless
    const ask = async (token?: string) => {
      const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {}
      return (await fetch(`${url}/v1/feed`, { headers })).json()
    }
    const answers = []
    for (const token of ['ann', undefined, 'ben', undefined, 'ann']) answers.push(await ask(token))
    assert.deepEqual(answers, ['Bearer ann', 'nobody', 'Bearer ben', 'nobody', 'Bearer ann'])
  })
}

test.run()
