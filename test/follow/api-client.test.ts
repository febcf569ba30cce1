import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { suite } from 'uvu'
import { ApiClient } from '../../tooling/lib/follow/api-client.ts'

const test = suite('follow: the client of the API')

test('a connection that the server closed in the meantime is not a failure', async () => {
  const used = new WeakSet<Socket>()
  let calls = 0
  const server = createServer((request, response) => {
    // As a server whose time for idle connections has run out: the second request on a connection finds it closed.
    if (used.has(request.socket)) {
      request.socket.destroy()
      return
    }
    used.add(request.socket)
    if (request.url?.includes('ingest')) calls++
    response.end(JSON.stringify(request.url === '/api/rpc/health' ? { service: 'xmonitor-api' } : { inserted: 1 }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const api = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => 'a token')
  try {
    for (let n = 1; n <= 3; n++) {
      assert.equal((await api.post('ingest_posts', '{"items": []}')).inserted, 1)
      assert.equal(calls, n)
    }
  } finally {
    server.close()
  }
})

test('without a server it says what to do, once', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.close()
  await assert.rejects(new ApiClient(url, async () => 'a token').get('post', {}), {
    fact: `${url} cannot be reached: ECONNREFUSED.`,
    next: 'Run it again when the server answers; nothing is lost.',
  })
})

test.run()
