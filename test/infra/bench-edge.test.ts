import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { benchEdge } from '../../tooling/bench/bench-edge.ts'
import { findLoads } from '../../tooling/bench/load.ts'
import { haveNginx } from '../support/nginx.ts'
import { recordingUpstream } from '../support/upstream.ts'

const test = suite('the bench of the edge')

const loads = findLoads()
for (const tool of ['wrk', 'autocannon'])
  if (!loads.some(({ name }) => name === tool)) console.log(`skipped: the load by ${tool}, which is not installed`)

for (const { name, requestsPerSecond } of loads)
  test(`the load is counted in whole answers, and a wrong answer ends it: ${name}`, async () => {
    const upstream = await recordingUpstream()
    const start = performance.now()
    const rate = await requestsPerSecond(`${upstream.url}/x?y`, { connections: 4, seconds: 0.3 })
    const seconds = (performance.now() - start) / 1000
    // The load lasts no shorter than it was asked to and no longer than it took, on however busy a machine.
    const arrived = upstream.seen.length
    assert.ok(
      rate > 0 && rate * 0.3 <= arrived && rate * seconds >= arrived - 4,
      `${rate} a second, ${arrived} arrived`,
    )
    assert.equal(upstream.seen[0]!.url, '/x?y')

    upstream.answer = (_request, response) => response.writeHead(503).end('no')
    await assert.rejects(requestsPerSecond(upstream.url, { connections: 4, seconds: 0.3 }), /Not an answer to measure/)
    await upstream.close()
  })

if (haveNginx())
  // By how much the cache is faster is for the bench to say: here the machine has other tests to run meanwhile.
  test('the endpoint, nginx with its cache and nginx without are each measured, as ratios to the endpoint', async () => {
    const rows = await benchEdge({ posts: 300, seconds: 0.6 })
    const [plain, cached, uncached] = rows.slice(0, 3).map(({ value }) => {
      assert.match(value, /^[\d,]+ requests\/s$/)
      return Number(value.replace(/\D/g, ''))
    })
    assert.ok(plain! > 0)
    assert.equal(rows[1]!.reach, '>= 3')
    for (const [rate, { ratio }] of [[cached!, rows[1]!] as const, [uncached!, rows[2]!] as const])
      assert.ok(Math.abs(ratio! * plain! - rate) <= 1 + ratio!, `${ratio} of ${plain} is not ${rate}`)
    assert.deepEqual(rows[3], { what: 'load of the requests', value: loads[0].name })
  })

test.run()
