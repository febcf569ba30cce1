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
  // How much faster is for the bench to say; it is 6 times. But the edge can cost more than its cache saves: njs evaluates its
  // scripts for each request. A busy machine slows down the load itself, so one of three turns has to show it.
  test('the cache makes the feed page faster than the endpoint behind it', async () => {
    let rows = await benchEdge({ posts: 300, seconds: 0.9 })
    for (let turn = 1; turn < 3 && rows[1]!.ratio! <= 1.5; turn++) rows = await benchEdge({ posts: 300, seconds: 0.9 })
    for (const row of rows.slice(0, 3)) assert.match(row.value, /^[\d,]+ requests\/s$/)
    assert.equal(rows[1]!.reach, '>= 3')
    assert.ok(rows[1]!.ratio! > 1.5, `${rows[1]!.ratio}`)
    assert.ok(rows[2]!.ratio! > 0.1 && rows[2]!.ratio! < rows[1]!.ratio!, `${rows[2]!.ratio}`)
  })

test.run()
