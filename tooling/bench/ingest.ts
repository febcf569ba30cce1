import { makeToken } from '../lib/api/token.ts'
import type { Row } from './figures.ts'

const BATCH = 1_000
const BATCHES = 10

/** Posts per second that a collector can send, one batch after the other, into the table with all that is there already. */
export async function benchIngest(base: string, secret: string): Promise<Row> {
  const { token } = await makeToken({ role: 'ingest', ttl: '1h', secret })
  const start = performance.now()
  for (let batch = 0; batch < BATCHES; batch++) {
    const response = await fetch(`${base}/v1/ingest/posts/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ items: Array.from({ length: BATCH }, (_, index) => post(batch * BATCH + index)) }),
    })
    const { inserted } = (await response.json()) as { inserted: number }
    if (inserted !== BATCH) throw new Error(`The bench sent ${BATCH} posts, and ${inserted} were inserted.`)
  }
  const seconds = (performance.now() - start) / 1000
  return {
    what: `ingest of posts in batches of ${BATCH.toLocaleString('en-US')}, each with two snapshots`,
    value: `${((BATCH * BATCHES) / seconds).toFixed(0)} posts/s`,
  }
}

function post(number: number) {
  const now = new Date().toISOString()
  return {
    status_id: `99${String(number).padStart(17, '0')}`,
    url: `https://x.com/bench_${number % 50}/status/99${String(number).padStart(17, '0')}`,
    author_handle: `bench_${number % 50}`,
    body_text: `Post ${number} of the bench, with some words for the index of the texts: ${(number * 7919).toString(36)}.`,
    likes: number,
    discovered_at: now,
    last_seen_at: now,
  }
}
