import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { benchEdge } from '../../tooling/bench/bench-edge.ts'
import { requestsPerSecond } from '../../tooling/bench/load.ts'
import { haveNginx } from '../support/nginx.ts'
import { recordingUpstream } from '../support/upstream.ts'

const test = suite('the bench of the edge')

test('the load is counted in whole answers, and a wrong answer ends it', async () => {
  const upstream = await recordingUpstream()
  const start = performance.now()
  const rate = await requestsPerSecond(`${upstream.url}/x?y`, { connections: 4, seconds: 0.3 })
  // As long as it took: on a busy machine that is longer than it was asked for.
  const seconds = (performance.now() - start) / 1000
  const arrived = upstream.seen.length
  assert.ok(Math.abs(rate * seconds - arrived) < arrived * 0.5, `${rate} a second, ${arrived} arrived`)
  assert.equal(upstream.seen[0]!.url, '/x?y')

  upstream.answer = (_request, response) => response.writeHead(503).end('no')
  let said = ''
  await requestsPerSecond(upstream.url, { seconds: 0.3 }).catch((error) => (said = error.message))
  assert.ok(said.includes('Not an answer to measure: HTTP/1.1 503'))
  await upstream.close()
})

if (haveNginx())
  test('the cache makes the feed page faster than the endpoint behind it', async () => {
    // A busy machine slows down the load itself, so one of three turns has to show it.
    let rows = await benchEdge({ posts: 300, seconds: 0.9 })
    for (let turn = 1; turn < 3 && rows[1]!.ratio! <= 1.5; turn++) rows = await benchEdge({ posts: 300, seconds: 0.9 })
    const [plain, cached, uncached] = rows
    for (const row of [plain, cached, uncached]) assert.match(row!.value, /^[\d,]+ requests\/s$/)
    assert.equal(cached!.reach, '>= 3')
    assert.ok(cached!.ratio! > 1.5, `${cached!.ratio}`)
    assert.ok(uncached!.ratio! > 0.1 && uncached!.ratio! < cached!.ratio!, `${uncached!.ratio}`)
  })

test.run()
