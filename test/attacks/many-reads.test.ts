import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { type Nginx, startNginx } from '../../tooling/lib/local/nginx.ts'
import { haveNginx } from '../support/nginx.ts'
import { recordingUpstream } from '../support/upstream.ts'

// Many readers at one address, each within what it may ask for, and a collector at the same address.

type Upstream = Awaited<ReturnType<typeof recordingUpstream>>

const PAGE = (at: number) => `/api/rpc/feed?limit=${at}`
const AT_ONCE = 100

if (haveNginx()) {
  const test = suite('many reads', {} as { upstream: Upstream; nginx: Nginx; page: string })

  test.before.each(async (context) => {
    context.page = mkdtempSync(join(tmpdir(), 'xmonitor-page-'))
    context.upstream = await recordingUpstream()
    context.nginx = await startNginx({ api: context.upstream.url, page: context.page })
  })
  test.after.each(async ({ upstream, nginx, page }) => {
    await nginx?.stop()
    await upstream?.close()
    rmSync(page, { recursive: true })
  })

  test('200 different answers of 1 MB arrive whole, and what the collector sends meanwhile too', async ({
    upstream,
    nginx,
  }) => {
    const large = Buffer.alloc(1_000_000, 'x')
    upstream.answer = ({ method }, response) => {
      response.setHeader('Cache-Control', 'public, max-age=15')
      response.end(method === 'GET' ? large : '{}')
    }
    let reading = true
    const collector = (async () => {
      const statuses = []
      for (; reading; await sleep(150)) statuses.push((await write(nginx)).status)
      return statuses
    })()
    for (const batch of [0, 1]) {
      // An address may send 100 requests a second.
      if (batch) await sleep(1000)
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, at) => {
          const answer = await fetch(nginx.url + PAGE(batch * AT_ONCE + at + 1))
          return [answer.status, Buffer.compare(Buffer.from(await answer.arrayBuffer()), large)]
        }),
      )
      for (const answer of answers) assert.deepEqual(answer, [200, 0])
    }
    reading = false
    for (const status of await collector) assert.equal(status, 200)
  })

  test('large answers pass through memory, small ones are cached', async ({ upstream, nginx }) => {
    upstream.answer = ({ url }, response) => {
      response.setHeader('Cache-Control', 'public, max-age=15')
      const text = url.includes('limit=1000') ? 'x'.repeat(1_000_000) : '[]'
      response.setHeader('Content-Length', text.length)
      response.end(text)
    }
    for (const [path, cached] of [
      [PAGE(1000), 'MISS'],
      [PAGE(50), 'HIT'],
    ] as const) {
      await (await fetch(nginx.url + path)).arrayBuffer()
      const again = await fetch(nginx.url + path)
      await again.arrayBuffer()
      assert.equal(again.headers.get('x-cache'), cached, path)
    }
  })

  test('as many reads as an address may have at once leave the collector at that address alone', async ({
    upstream,
    nginx,
  }) => {
    const waiting: (() => void)[] = []
    upstream.answer = ({ method }, response) => {
      if (method === 'GET') waiting.push(() => response.end('[]'))
      else response.end('{}')
    }
    const reads = Array.from({ length: AT_ONCE }, (_, at) => fetch(nginx.url + PAGE(at + 1)))
    while (waiting.length < AT_ONCE) await sleep(5)
    assert.equal((await fetch(nginx.url + PAGE(AT_ONCE + 1))).status, 429)
    assert.equal((await write(nginx)).status, 200)
    for (const answer of waiting) answer()
    for (const { status } of await Promise.all(reads)) assert.equal(status, 200)
  })

  test.run()
}

function write(nginx: Nginx): Promise<Response> {
  return fetch(`${nginx.url}/v1/ingest/runs`, {
    method: 'POST',
    body: '{}',
    headers: { Authorization: 'Bearer token' },
  })
}
