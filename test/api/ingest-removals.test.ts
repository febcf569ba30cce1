import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import { type Api, ENGINES, startApi } from '../support/api.ts'
import { ingest, POST, post } from '../support/ingest.ts'

const ID = '1890000000000000001'

for (const engine of ENGINES) {
  const removals = suite(`ingest removals, ${engine}`, {} as { api: Api })

  removals.before(async (context) => {
    context.api = await startApi(engine)
  })
  removals.after(({ api }) => api?.stop())

  const remove = async (api: Api, body: unknown) => {
    const response = await post(api, '/rpc/ingest_removals', body)
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
  }

  removals(
    'a row of each table goes by the key that the digest lists, and comes back when it is sent again',
    async ({ api }) => {
      const headers = { Authorization: `Bearer ${api.target.token}` }
      const items: { table_name: string; key: string[] }[] = []
      for (const { table_name, day } of (await (
        await fetch(`${api.target.api}/rpc/ingest_digest`, { headers })
      ).json()) as { table_name: string; day: string }[]) {
        const query = new URLSearchParams({ table_name, day })
        const rows = (await (await fetch(`${api.target.api}/rpc/ingest_digest?${query}`, { headers })).json()) as {
          key: string[]
        }[]
        items.push(...rows.map(({ key }) => ({ table_name, key })))
      }
      assert.equal(new Set(items.map(({ table_name }) => table_name)).size, TABLES.length)
      const { answer } = await remove(api, { items })
      assert.deepEqual(answer, { received: items.length, removed: items.length, skipped: 0, ignored: {}, errors: [] })
      const counts = await api.db.query(
        'select (select count(*)::int from public.posts) as posts, (select count(*)::int from public.post_metrics_snapshots) as metrics, (select count(*)::int from public.pipeline_runs) as runs',
      )
      assert.deepEqual(counts, [{ posts: 0, metrics: 0, runs: 0 }])
      assert.equal((await remove(api, { items })).answer.skipped, items.length)
      assert.equal((await ingest(api, 'ingest_posts', { items: [{ ...POST, status_id: ID }] })).inserted, 1)
    },
  )

  removals('invalid removals are reported, and the others are carried out', async ({ api }) => {
    await ingest(api, 'ingest_posts', { items: [{ ...POST, status_id: ID }] })
    const items = [
      5,
      { table_name: 'tweets', key: [ID] },
      { table_name: 'posts', key: ID },
      { table_name: 'posts', key: [ID], why: 1 },
    ]
    const { answer } = await remove(api, { items })
    assert.deepEqual(answer, {
      received: 4,
      removed: 1,
      skipped: 0,
      ignored: { why: 1 },
      errors: [
        { index: 0, message: 'is not an object' },
        { index: 1, message: `table_name is not one of ${TABLES.map(({ target }) => target).join(', ')}` },
        { index: 2, message: 'key is not an array' },
      ],
    })
    for (const body of [{}, [], { items: {} }, { items: Array(1_001).fill(items[3]) }])
      assert.equal((await remove(api, body)).status, 400, JSON.stringify(body).slice(0, 60))
  })

  removals('posts sent with replace have the metrics of a move', async ({ api }) => {
    const item = { ...POST, likes: 5, last_seen_at: '2026-03-01T10:30:00Z' }
    await ingest(api, 'ingest_posts', { items: [{ ...POST, likes: 1 }] })
    assert.equal((await ingest(api, 'ingest_posts', { items: [item] })).skipped, 1, 'it was seen later')
    assert.equal((await ingest(api, 'ingest_posts', { items: [item], replace: true })).updated, 1)
    assert.equal((await ingest(api, 'ingest_posts', { items: [item], replace: true })).skipped, 1)
    const metrics = await api.db.query(
      "select snapshot_type, likes::int, source from public.post_metrics_snapshots where status_id = '42' and source = 'sqlite_migration' order by 1",
    )
    assert.deepEqual(metrics, [
      { snapshot_type: 'initial_capture', likes: 5, source: 'sqlite_migration' },
      { snapshot_type: 'latest_observed', likes: 5, source: 'sqlite_migration' },
    ])
  })

  removals.run()
}
